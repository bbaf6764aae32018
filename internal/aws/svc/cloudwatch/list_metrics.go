package cloudwatch

import (
	"encoding/base64"
	"strconv"
	"time"

	api "weir/internal/aws/api/cloudwatch"
	"weir/internal/aws/svc/cloudwatch/series"
	"weir/internal/aws/wire"
)

const (
	listPage   = 500
	listedFor  = 14 * 24 * time.Hour
	recentFor  = 3 * time.Hour
	tokenStart = "at:"
)

func (s *Service) listMetrics(c *wire.Call, in *api.ListMetricsInput) (*api.ListMetricsOutput, error) {
	since := listedFor
	if in.RecentlyActive != nil {
		if *in.RecentlyActive != api.RecentlyActivePt3h {
			return nil, wire.Errorf(codeValue, "The parameter RecentlyActive must be %s.", api.RecentlyActivePt3h)
		}
		since = recentFor
	}
	skip, err := offset(in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &api.ListMetricsOutput{Metrics: []api.Metric{}}
	found := 0
	for _, info := range s.series.Metrics(c.Region, s.Clock.Now().Add(-since)) {
		if !listed(info.Metric, in) {
			continue
		}
		if found++; found <= skip {
			continue
		}
		if len(out.Metrics) == listPage {
			out.NextToken = new(offsetToken(skip + listPage))
			break
		}
		out.Metrics = append(out.Metrics, described(info.Metric))
	}
	return out, nil
}

// listed reports whether ListMetrics asks for m.
func listed(m series.Metric, in *api.ListMetricsInput) bool {
	if in.Namespace != nil && *in.Namespace != m.Namespace || in.MetricName != nil && *in.MetricName != m.Name {
		return false
	}
	for _, f := range in.Dimensions {
		has := false
		for _, d := range m.Dimensions {
			has = has || d.Name == f.Name && (f.Value == nil || *f.Value == d.Value)
		}
		if !has {
			return false
		}
	}
	return true
}

func described(m series.Metric) api.Metric {
	d := api.Metric{Namespace: new(m.Namespace), MetricName: new(m.Name), Dimensions: []api.Dimension{}}
	for _, x := range m.Dimensions {
		d.Dimensions = append(d.Dimensions, api.Dimension{Name: x.Name, Value: x.Value})
	}
	return d
}

// offsetToken is the token of a page that begins after n things.
func offsetToken(n int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(tokenStart + strconv.Itoa(n)))
}

// offset reads an offsetToken; nil is the beginning.
func offset(token *string) (int, error) {
	if token == nil {
		return 0, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(*token)
	if err == nil && len(data) > len(tokenStart) && string(data[:len(tokenStart)]) == tokenStart {
		if n, err := strconv.Atoi(string(data[len(tokenStart):])); err == nil && n >= 0 {
			return n, nil
		}
	}
	return 0, wire.Errorf(codeToken, "The service is unable to process the token %s.", *token)
}
