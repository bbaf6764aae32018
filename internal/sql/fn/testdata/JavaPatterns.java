import java.time.*; import java.time.format.*; import java.time.temporal.*; import java.text.*; import java.util.*;
// JavaPatterns prints the JDK's answers to patterns: `java JavaPatterns.java`.
// java-patterns.txt is its output without what Weir does not do: fields of
// weeks and weekdays alone read leniently, the letters W and F of
// DateTimeFormatter, the words of QQQQ read, numbers of more than 16 digits.
public class JavaPatterns {
  static String[] pats={"yyyy-MM-dd HH:mm:ss","yyyy-MM-dd HH:mm:ss.SSS","yyyyMMdd","yyyyMMddHHmmss","yyyyMMddHHmmssSSS","yy-M-d H:m:s","dd/MMM/yyyy hh:mm a","EEEE, MMMM d, yyyy","EEE MMM dd HH:mm:ss yyyy","yyyy-DDD","'Q'q yyyy","YYYY-'W'ww","yyyy.MM.dd G","K:mm a","k:mm","uuuu-MM-dd","y","yyy","yyyyy","MMMMM","HH 'o''clock'","yyyy-MM-dd'T'HH:mm:ss[.SSS]","n N A","SSSSSSSSS","S","e c","EEEEE","u","W F","Z","X","XXX","z","mm:ss","yyyy-MM","MM-dd","d MMM yy","h a","yyyy-MM-dd hh:mm:ss","b","YYYY","''","yyyy-MM-dd ''HH","[yyyy]","QQQ","QQQQ","L LL LLL","DD","w","GGGG","{","]","[","'open","yyyy-MM-dd HH:mm:ss.SSSSSSSSSS","ddd"};
  static String[] texts={"2018-03-14 01:02:03","2018-03-14 01:02:03.456","20180314","20180314010203","20180314010203456","18-3-4 1:2:3","14/Mar/2018 01:02 PM","Wednesday, March 14, 2018","Wed Mar 14 01:02:03 2018","2018-073","12:30 AM","0:30 PM","24:10","2018-02-30","2018-02-31 10:00:00","2018-13-01 00:00:00","2018-3-4 5:6:7","2018-03-14T01:02:03","2018-03-14T01:02:03.123","12345-01-01","+12345-01-01","-0001-01-01","0000-01-01"," 2018-03-14 01:02:03","2018-03-14 01:02:03 ","2018-03-14 24:00:00","2018-03-14 25:61:61","59:58","70-01-01","99","2018","2018-04","1 jan 70","1 JAN 2070","1 Jan 18","2018-03-14 01:02:03.1","abc","","123456789","5","30","2 5 7","+0800","+08:00","Z","1 PM","13 PM","1 pm","2018-366","2020-366","29.02.2019","2018-03-14 12:02:03","2018-03-14 00:02:03","Q1 2018","1st quarter","2018-03-14 01:02:03.4567891","1970-01-01 00:00:00","2018.03.14 AD","2018.03.14 BC","00030-01-02"};
  public static void main(String[] a) throws Exception {
    Locale.setDefault(Locale.US); TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
    long[] ts={1520989323456789012L,0L,1709164799999999999L,1735603200000000000L,-86400000000001L,951782400000000000L,1104537600000000000L};
    for(String p:pats){
      DateTimeFormatter f=null; try{f=DateTimeFormatter.ofPattern(p);}catch(IllegalArgumentException e){System.out.println("strict\tbad\t"+p);}
      if(f!=null){
        for(long n:ts){LocalDateTime l=LocalDateTime.ofEpochSecond(Math.floorDiv(n,1000000000L),(int)Math.floorMod(n,1000000000L),ZoneOffset.UTC);
          String r; try{r="="+l.format(f);}catch(Exception e){r="!";} System.out.println("strict\tformat\t"+p+"\t"+n+"\t"+r);}
        for(String t:texts){String r; try{TemporalAccessor x=f.parse(t);
            LocalDateTime l=LocalDateTime.of(g(x,ChronoField.YEAR,1970),g(x,ChronoField.MONTH_OF_YEAR,1),g(x,ChronoField.DAY_OF_MONTH,1),g(x,ChronoField.HOUR_OF_DAY,0),g(x,ChronoField.MINUTE_OF_HOUR,0),g(x,ChronoField.SECOND_OF_MINUTE,0),g(x,ChronoField.NANO_OF_SECOND,0));
            r="="+l.toEpochSecond(ZoneOffset.UTC)+"."+l.getNano();}catch(DateTimeException e){r="!";} if(!r.equals("!")||near(p,t)) System.out.println("strict\tparse\t"+p+"\t"+t+"\t"+r);}
      }
      SimpleDateFormat s=null; try{s=new SimpleDateFormat(p);s.setTimeZone(TimeZone.getTimeZone("UTC"));}catch(IllegalArgumentException e){System.out.println("lenient\tbad\t"+p);}
      if(s!=null){
        for(long n:ts) System.out.println("lenient\tformat\t"+p+"\t"+n+"\t="+s.format(new Date(Math.floorDiv(n,1000000L))));
        for(String t:texts){String r; try{r="="+s.parse(t).getTime();}catch(ParseException e){r="!";} if(!r.equals("!")||near(p,t)) System.out.println("lenient\tparse\t"+p+"\t"+t+"\t"+r);}
      }
    }
  }
  static boolean near(String p,String t){return (p.hashCode()*31+t.hashCode())%5==0;}
  static int g(TemporalAccessor x,ChronoField f,int d){return x.isSupported(f)?x.get(f):d;}
}
