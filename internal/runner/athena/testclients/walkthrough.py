"""The walk-through's last part with boto3: objects in S3, a crawler, Athena."""
import sys
import time

import boto3
from botocore.exceptions import ClientError

s3, glue, athena = boto3.client("s3"), boto3.client("glue"), boto3.client("athena")


def check(what, got, want):
    if got != want:
        sys.exit("%s: got %r, want %r" % (what, got, want))
    print("ok", what)


s3.create_bucket(Bucket="kda-demo")
s3.create_bucket(Bucket="results")
s3.put_object(Bucket="kda-demo", Key="kda-pyflink-demo.zip", Body=b"PK\x03\x04 not data")
for ticker, rows in {"AAPL": ["16.77", "16.7"], "AMZN": ["50.0", ""], "BRK%2FB": ["1.0E7"]}.items():
    body = "".join('%s,"2021-06-01 10:%02d:00"\n' % (p, i + 1) for i, p in enumerate(rows))
    s3.put_object(Bucket="kda-demo", Key="ticker=%s/part-0" % ticker, Body=body.encode())
    s3.put_object(Bucket="kda-demo", Key="ticker=%s/_SUCCESS" % ticker, Body=b"")

glue.create_database(DatabaseInput={"Name": "demo"})
glue.create_crawler(Name="c", Role="crawl", DatabaseName="demo", Targets={"S3Targets": [{"Path": "s3://kda-demo/"}]})
glue.start_crawler(Name="c")
while glue.get_crawler(Name="c")["Crawler"]["State"] != "READY":
    time.sleep(0.02)
check("crawl", glue.get_crawler(Name="c")["Crawler"]["LastCrawl"]["Status"], "SUCCEEDED")
table = glue.get_table(DatabaseName="demo", Name="kda_demo")["Table"]
check("columns", [(c["Name"], c["Type"]) for c in table["StorageDescriptor"]["Columns"]], [("col0", "double"), ("col1", "string")])
check("keys", table["PartitionKeys"], [{"Name": "ticker", "Type": "string"}])
pages = glue.get_paginator("get_partitions").paginate(DatabaseName="demo", TableName="kda_demo", PaginationConfig={"PageSize": 1})
check("partitions", [p["Values"] for page in pages for p in page["Partitions"]], [["AAPL"], ["AMZN"], ["BRK/B"]])


def query(sql, database="demo", **extra):
    start = athena.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": database},
                                         ResultConfiguration={"OutputLocation": "s3://results/"}, **extra)
    id = start["QueryExecutionId"]
    while True:
        e = athena.get_query_execution(QueryExecutionId=id)["QueryExecution"]
        if e["Status"]["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.02)
    if e["Status"]["State"] != "SUCCEEDED":
        return e, e["Status"]["StateChangeReason"]
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=id, PaginationConfig={"PageSize": 2})
    return e, [[d.get("VarCharValue") for d in r["Data"]] for p in pages for r in p["ResultSet"]["Rows"]]


e, rows = query("SELECT ticker, avg(col0) AS average, count(*) FROM kda_demo GROUP BY ticker ORDER BY ticker")
check("rows", rows, [["ticker", "average", "_col2"], ["AAPL", "16.735", "2"], ["AMZN", "50.0", "2"], ["BRK/B", "1.0E7", "1"]])
body = s3.get_object(Bucket="results", Key=e["QueryExecutionId"] + ".csv")["Body"].read()
check("file", body.decode(), '"ticker","average","_col2"\n"AAPL","16.735","2"\n"AMZN","50.0","2"\n"BRK/B","1.0E7","1"\n')
check("location", e["ResultConfiguration"]["OutputLocation"], "s3://results/%s.csv" % e["QueryExecutionId"])
s3.head_object(Bucket="results", Key=e["QueryExecutionId"] + ".csv.metadata")
e, rows = query("SELECT col0 FROM kda_demo WHERE ticker = ?", ExecutionParameters=["'AMZN'"])
check("null", rows, [["col0"], ["50.0"], [None]])
check("pruned", e["Statistics"]["DataScannedInBytes"] < 60, True)
_, rows = query("SHOW PARTITIONS kda_demo")
check("show", rows, [["ticker=AAPL"], ["ticker=AMZN"], ["ticker=BRK/B"]])
_, rows = query("MSCK REPAIR TABLE `kda_demo`;", database="`demo`")  # as awswrangler's repair_table
check("repair", rows, [])
def created(name):
    return [g["CreationTime"] for g in athena.list_work_groups()["WorkGroups"] if g["Name"] == name]


athena.create_work_group(Name="a-group")
check("primary is made once", created("primary"), [athena.get_work_group(WorkGroup="primary")["WorkGroup"]["CreationTime"]])
check("primary is older", created("primary") < created("a-group"), True)
_, rows = query("SELECT nope FROM kda_demo")
check("column", rows, "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved or requester is not authorized to access requested resources")
check("metadata", athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="demo", TableName="kda_demo")["TableMetadata"]["Name"], "kda_demo")
for call, code in [
    (lambda: query("COPY (SELECT 1) TO '/tmp/x'"), "InvalidRequestException"),
    (lambda: athena.get_work_group(WorkGroup="none"), "InvalidRequestException"),
    (lambda: glue.get_table(DatabaseName="demo", Name="none"), "EntityNotFoundException"),
    (lambda: glue.create_database(DatabaseInput={"Name": "demo"}), "AlreadyExistsException"),
]:
    try:
        call()
        sys.exit("no error " + code)
    except ClientError as err:
        check(code, err.response["Error"]["Code"], code)
