package dialect

import "strings"

// same are the functions whose name and meaning Trino and DuckDB share, and the
// names DuckDB's parser itself makes of standard syntax (EXTRACT, INTERVAL …).
const same = `
abs acos asin atan atan2 cbrt ceil ceiling cos degrees exp floor greatest least ln log log10 log2 pi pow power
radians round sign sin sqrt tan trunc sinh cosh tanh
concat concat_ws contains length lower lpad ltrim position replace reverse rpad rtrim split split_part starts_with strpos
substr substring translate trim upper chr bit_count format_bytes
date_diff date_part date_trunc day hour millisecond minute month now quarter second week year timezone
to_days to_hours to_milliseconds to_minutes to_months to_seconds to_weeks to_years to_quarters
regexp_extract_all like_escape not_like_escape
json_array_length json_extract
from_base64 map_concat uuid
flatten list_value map map_entries map_from_entries map_keys map_values row struct_pack struct_extract
array_extract array_distinct unnest coalesce nullif hash
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
reduce list_reduce
all_match weir_all
any_match weir_any
none_match weir_none
array_max list_max
cardinality len
array_min list_min
array_sort list_sort
array_join array_to_string
array_concat list_concat
array_intersect list_intersect
array_position weir_array_position
array_except weir_array_except
arrays_overlap list_has_any
repeat weir_repeat
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
hamming_distance hamming
to_hex hex
to_utf8 encode
from_utf8 decode
to_base64 weir_to_base64
sha256 weir_sha256
width_bucket weir_width_bucket
mod weir_modulo
typeof weir_typeof
url_extract_protocol weir_url_protocol
url_extract_host weir_url_host
url_extract_path weir_url_path
url_extract_query weir_url_query
url_extract_fragment weir_url_fragment
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
CREATE MACRO weir_sha256(x) AS unhex(sha256(x));
CREATE MACRO weir_to_base64(x) AS to_base64(x);
CREATE MACRO weir_zero() AS error('DIVISION_BY_ZERO: Division by zero');
CREATE MACRO weir_divide(a TINYINT, b TINYINT) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a // b END,
  (a SMALLINT, b SMALLINT) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a // b END,
  (a INTEGER, b INTEGER) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a // b END,
  (a BIGINT, b BIGINT) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a // b END,
  (a HUGEINT, b HUGEINT) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a // b END,
  (a FLOAT, b FLOAT) AS CASE WHEN b = 0 THEN CAST(a * CAST('inf' AS FLOAT) AS FLOAT) ELSE a / b END,
  (a DOUBLE, b DOUBLE) AS CASE WHEN b = 0 THEN a * CAST('inf' AS DOUBLE) ELSE a / b END;
CREATE MACRO weir_modulo(a TINYINT, b TINYINT) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a % b END,
  (a SMALLINT, b SMALLINT) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a % b END,
  (a INTEGER, b INTEGER) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a % b END,
  (a BIGINT, b BIGINT) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a % b END,
  (a HUGEINT, b HUGEINT) AS CASE WHEN b = 0 AND a IS NOT NULL THEN weir_zero() ELSE a % b END,
  (a FLOAT, b FLOAT) AS a % b, (a DOUBLE, b DOUBLE) AS a % b;
CREATE MACRO weir_all(l) AS coalesce(list_bool_and(l), true);
CREATE MACRO weir_any(l) AS coalesce(list_bool_or(l), false);
CREATE MACRO weir_none(l) AS NOT coalesce(list_bool_or(l), false);
CREATE MACRO weir_array_except(a, b) AS list_distinct(list_filter(a, lambda e : NOT list_contains(b, e)));
CREATE MACRO weir_repeat(x, n) AS list_transform(range(n), lambda i : x);
CREATE MACRO weir_width_bucket(x, lo, hi, n) AS CASE WHEN x < lo THEN 0 WHEN x >= hi THEN n + 1
  ELSE CAST(floor((CAST(x AS DOUBLE) - lo) / (hi - lo) * n) AS BIGINT) + 1 END;
CREATE MACRO weir_typeof(x) AS regexp_replace(replace(replace(lower(typeof(x)), 'float', 'real'), 'blob', 'varbinary'), '^(.*)\[\]$', 'array(\1)');
CREATE MACRO weir_url_protocol(u) AS nullif(regexp_extract(u, '^([^:/?#]+):', 1), '');
CREATE MACRO weir_url_host(u) AS nullif(regexp_extract(u, '^[^:/?#]+://(?:[^/?#@]*@)?([^/?#:]*)', 1), '');
CREATE MACRO weir_url_path(u) AS regexp_extract(u, '^(?:[^:/?#]+:)?(?://[^/?#]*)?([^?#]*)', 1);
CREATE MACRO weir_url_query(u) AS regexp_extract(u, '\?([^#]*)', 1);
CREATE MACRO weir_url_fragment(u) AS regexp_extract(u, '#(.*)$', 1);
CREATE MACRO weir_date(x) AS CAST(x AS DATE);
CREATE MACRO weir_unit(u, n) AS (CASE lower(u)
  WHEN 'millisecond' THEN to_milliseconds(n) WHEN 'second' THEN to_seconds(n) WHEN 'minute' THEN to_minutes(n)
  WHEN 'hour' THEN to_hours(n) WHEN 'day' THEN to_days(CAST(n AS INTEGER)) WHEN 'week' THEN to_weeks(CAST(n AS INTEGER))
  WHEN 'month' THEN to_months(CAST(n AS INTEGER)) WHEN 'quarter' THEN to_months(CAST(3 * n AS INTEGER))
  WHEN 'year' THEN to_years(CAST(n AS INTEGER)) ELSE error('INVALID_FUNCTION_ARGUMENT: ''' || u || ''' is not a valid time field') END);
CREATE MACRO weir_date_add(u, n, t DATE) AS CAST(t + weir_unit(u, n) AS DATE), (u, n, t TIMESTAMP) AS t + weir_unit(u, n),
  (u, n, t TIMESTAMPTZ) AS t + weir_unit(u, n), (u, n, t TIME) AS t + weir_unit(u, n);
CREATE MACRO weir_from_unixtime(n) AS to_timestamp(CAST(n AS DOUBLE)), (n, z) AS to_timestamp(CAST(n AS DOUBLE));
CREATE MACRO weir_from_iso8601_timestamp(s) AS CAST(s AS TIMESTAMPTZ);
CREATE MACRO weir_to_iso8601(t DATE) AS strftime(t, '%Y-%m-%d'), (t TIMESTAMP) AS strftime(t, '%Y-%m-%dT%H:%M:%S.%g'),
  (t TIMESTAMPTZ) AS strftime(t, '%Y-%m-%dT%H:%M:%S.%gZ');
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
