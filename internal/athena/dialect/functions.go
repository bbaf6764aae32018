package dialect

import "strings"

// same are the functions whose name and meaning Trino and DuckDB share, and the
// names DuckDB's parser itself makes of standard syntax (EXTRACT, INTERVAL …).
const same = `
abs acos asin atan atan2 cbrt ceil ceiling cos degrees exp floor greatest least ln log log10 log2 mod pi pow power
radians round sign sin sqrt tan trunc sinh cosh tanh
concat concat_ws contains length lower lpad ltrim position replace reverse rpad rtrim split split_part starts_with strpos
substr substring translate trim upper chr bit_count format_bytes
date_diff date_part date_trunc day hour millisecond minute month now quarter second week year timezone
to_days to_hours to_milliseconds to_minutes to_months to_seconds to_weeks to_years to_quarters
regexp_extract_all like_escape not_like_escape
json_array_length json_extract
flatten list_value map map_entries map_from_entries map_keys map_values row struct_pack struct_extract
array_extract array_distinct unnest typeof coalesce nullif hash
any_value arg_max arg_min array_agg avg bool_and bool_or corr count count_if count_star covar_pop covar_samp
histogram kurtosis max max_by min min_by mode regr_intercept regr_slope skewness stddev stddev_pop stddev_samp sum
var_pop var_samp variance string_agg approx_count_distinct
cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
weir_if grouping
`

// renamed are the functions that DuckDB has under another name, or Macros has.
const renamed = `
approx_distinct approx_count_distinct
approx_percentile approx_quantile
arbitrary any_value
every bool_and
listagg string_agg
geometric_mean geomean
json_extract_scalar json_extract_string
to_unixtime epoch
rand random
random random
codepoint unicode
transform list_transform
filter list_filter
array_max list_max
cardinality len
array_min list_min
array_sort list_sort
array_join array_to_string
array_concat list_concat
array_intersect list_intersect
array_position weir_array_position
sequence generate_series
slice weir_slice
day_of_week isodow
dow isodow
day_of_month day
day_of_year dayofyear
doy dayofyear
week_of_year week
year_of_week isoyear
yow isoyear
last_day_of_month last_day
regexp_like regexp_matches
regexp_split regexp_split_to_array
levenshtein_distance levenshtein
to_hex hex
from_hex unhex
truncate trunc
is_nan isnan
is_finite isfinite
is_infinite isinf
char_length length
character_length length
format printf
md5 weir_md5
date weir_date
date_add weir_date_add
from_unixtime weir_from_unixtime
from_iso8601_timestamp weir_from_iso8601_timestamp
from_iso8601_date weir_date
to_iso8601 weir_to_iso8601
at_timezone weir_at_timezone
regexp_extract weir_regexp_extract
regexp_replace weir_regexp_replace
regexp_count weir_regexp_count
map_agg weir_map_agg
element_at weir_element_at
json_parse weir_json_parse
json_format weir_json_format
bitwise_and weir_bitwise_and
bitwise_or weir_bitwise_or
bitwise_xor xor
nan weir_nan
infinity weir_infinity
e weir_e
`

// macros are Trino's functions as DuckDB macros.
const macros = `
CREATE MACRO weir_if(c, a) AS (CASE WHEN c THEN a END), (c, a, b) AS (CASE WHEN c THEN a ELSE b END);
CREATE MACRO weir_md5(x) AS unhex(md5(x));
CREATE MACRO weir_date(x) AS CAST(x AS DATE);
CREATE MACRO weir_unit(u, n) AS (CASE lower(u)
  WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n) WHEN 'minute' THEN to_minutes(n)
  WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_weeks(CAST(n AS INTEGER))
  WHEN 'month' THEN to_months(CAST(n AS INTEGER)) WHEN 'quarter' THEN to_months(CAST(3 * n AS INTEGER))
  WHEN 'year' THEN to_years(CAST(n AS INTEGER)) ELSE error('INVALID_FUNCTION_ARGUMENT: ''' || u || ''' is not a valid time field') END);
CREATE MACRO weir_date_add(u, n, t) AS t + weir_unit(u, n);
CREATE MACRO weir_from_unixtime(n) AS to_timestamp(CAST(n AS DOUBLE)), (n, z) AS to_timestamp(CAST(n AS DOUBLE));
CREATE MACRO weir_from_iso8601_timestamp(s) AS CAST(s AS TIMESTAMPTZ);
CREATE MACRO weir_to_iso8601(t) AS strftime(CAST(t AS TIMESTAMP), '%Y-%m-%dT%H:%M:%S.%g');
CREATE MACRO weir_at_timezone(t, z) AS timezone(z, t);
CREATE MACRO weir_regexp_extract(s, p) AS (CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p) END),
  (s, p, g) AS (CASE WHEN regexp_matches(s, p) THEN regexp_extract(s, p, g) END);
CREATE MACRO weir_regexp_replace(s, p) AS regexp_replace(s, p, '', 'g'),
  (s, p, r) AS regexp_replace(s, p, regexp_replace(r, '\$(\d)', '\\\1', 'g'), 'g');
CREATE MACRO weir_regexp_count(s, p) AS len(regexp_extract_all(s, p));
CREATE MACRO weir_map_agg(k, v) AS map(list(k), list(v));
CREATE MACRO weir_element_at(x, k) AS x[k];
CREATE MACRO weir_slice(x, s, n) AS x[s:s + n - 1];
CREATE MACRO weir_array_position(x, e) AS coalesce(list_position(x, e), 0);
CREATE MACRO weir_json_parse(s) AS CAST(s AS JSON);
CREATE MACRO weir_json_format(j) AS CAST(j AS VARCHAR);
CREATE MACRO weir_bitwise_and(a, b) AS a & b;
CREATE MACRO weir_bitwise_or(a, b) AS a | b;
CREATE MACRO weir_nan() AS CAST('nan' AS DOUBLE);
CREATE MACRO weir_infinity() AS CAST('inf' AS DOUBLE);
CREATE MACRO weir_e() AS exp(1.0);
`

// Macros are the statements that define Trino's functions in a fresh DuckDB.
func Macros() string { return macros }

// Functions is the name in DuckDB of each function a query may call, by Trino's
// name in lower case.
func Functions() map[string]string {
	out := map[string]string{}
	for _, name := range strings.Fields(same) {
		out[name] = name
	}
	for line := range strings.Lines(strings.TrimSpace(renamed)) {
		trino, duck, _ := strings.Cut(strings.TrimSpace(line), " ")
		out[trino] = duck
	}
	return out
}

// operator reports whether DuckDB's parser made this function of an operator: +, ||, ~~.
func operator(name string) bool {
	return name != "" && strings.Trim(name, "+-*/%|&~!<>=^@#") == ""
}
