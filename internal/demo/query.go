package demo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// crawl lets a crawler find the table.
func (d *demo) crawl(ctx context.Context) (string, error) {
	if err := d.json(ctx, "glue", "CreateDatabase", m{"DatabaseInput": m{"Name": database}}, nil); err != nil {
		return "", err
	}
	if err := d.json(ctx, "glue", "CreateCrawler", m{"Name": crawler, "Role": d.roleARN(), "DatabaseName": database,
		"Targets": m{"S3Targets": []m{{"Path": "s3://" + d.bucket + "/averages/"}}}}, nil); err != nil {
		return "", err
	}
	if err := d.json(ctx, "glue", "StartCrawler", m{"Name": crawler}, nil); err != nil {
		return "", err
	}
	err := d.until(ctx, "the crawler", 1, func() (int, bool, error) {
		var out struct {
			Crawler struct {
				State     string
				LastCrawl struct{ Status, ErrorMessage string }
			}
		}
		err := d.json(ctx, "glue", "GetCrawler", m{"Name": crawler}, &out)
		last := out.Crawler.LastCrawl
		if err == nil && out.Crawler.State == "READY" && last.Status == "FAILED" {
			err = fmt.Errorf("the crawl failed: %s", last.ErrorMessage)
		}
		return 0, out.Crawler.State == "READY" && last.Status == "SUCCEEDED", err
	})
	return "table " + database + ".averages, partitioned by ticker", err
}

// statement reads the averages. The crawler's CSV tables keep the quotes of
// quoted values, as Athena's LazySimpleSerDe does.
const statement = `SELECT ticker, trim(BOTH '"' FROM col1) AS window_end, col0 AS average FROM averages ORDER BY ticker, window_end`

// query asks Athena for the averages and compares them with ours.
func (d *demo) query(ctx context.Context) (string, error) {
	var started struct{ QueryExecutionId string }
	if err := d.json(ctx, "athena", "StartQueryExecution", m{"QueryString": statement, "QueryExecutionContext": m{"Database": database},
		"ResultConfiguration": m{"OutputLocation": "s3://" + d.bucket + "/results/"}}, &started); err != nil {
		return "", err
	}
	id := m{"QueryExecutionId": started.QueryExecutionId}
	err := d.until(ctx, "the query", 1, func() (int, bool, error) {
		var out struct {
			QueryExecution struct {
				Status struct{ State, StateChangeReason string }
			}
		}
		err := d.json(ctx, "athena", "GetQueryExecution", id, &out)
		st := out.QueryExecution.Status
		if err == nil && (st.State == "FAILED" || st.State == "CANCELLED") {
			err = fmt.Errorf("the query %s: %s", st.State, st.StateChangeReason)
		}
		return 0, st.State == "SUCCEEDED", err
	})
	if err != nil {
		return "", err
	}
	got, err := d.results(ctx, id)
	if err != nil {
		return "", err
	}
	d.screen.table(got)
	return fmt.Sprintf("%d rows, equal to the averages of the records sent", len(got)), compare(got, d.want)
}

func (d *demo) results(ctx context.Context, id m) (map[window]float64, error) {
	var out struct {
		ResultSet struct {
			Rows []struct {
				Data []struct{ VarCharValue string }
			}
		}
	}
	if err := d.json(ctx, "athena", "GetQueryResults", id, &out); err != nil {
		return nil, err
	}
	got := map[window]float64{}
	for i, r := range out.ResultSet.Rows {
		if i == 0 {
			continue // the names
		}
		w := window{r.Data[0].VarCharValue, r.Data[1].VarCharValue}
		avg, err := strconv.ParseFloat(r.Data[2].VarCharValue, 64)
		if err != nil {
			return nil, fmt.Errorf("the average of %s at %s is no number: %w", w.ticker, w.end, err)
		}
		if _, twice := got[w]; twice {
			return nil, fmt.Errorf("the window of %s that ends at %s came twice", w.ticker, w.end)
		}
		got[w] = avg
	}
	if len(got) == 0 {
		return nil, errors.New("the query gave no rows")
	}
	return got, nil
}

// tolerance is how far two averages of the same numbers may lie apart.
const tolerance = 1e-9

// compare says how got differs from want.
func compare(got, want map[window]float64) error {
	var faults []error
	for w, v := range want {
		g, ok := got[w]
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("missing: %s at %s, want %v", w.ticker, w.end, v))
		case math.Abs(g-v) > tolerance:
			faults = append(faults, fmt.Errorf("wrong: %s at %s is %v, want %v", w.ticker, w.end, g, v))
		}
	}
	for w, v := range got {
		if _, ok := want[w]; !ok {
			faults = append(faults, fmt.Errorf("unexpected: %s at %s: %v", w.ticker, w.end, v))
		}
	}
	return errors.Join(faults...)
}

// dashboard is a URL at which the application's page opens.
func (d *demo) dashboard(ctx context.Context) (string, error) {
	var out struct{ AuthorizedUrl string }
	err := d.json(ctx, "kinesisanalytics", "CreateApplicationPresignedUrl", m{"ApplicationName": appName, "UrlType": "FLINK_DASHBOARD_URL"}, &out)
	return out.AuthorizedUrl, err
}
