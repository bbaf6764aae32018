package glue

import (
	"regexp"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/svc/glue/classify"
	"weir/internal/aws/wire"
)

// classifierRec is a custom classifier: one of the two is set.
type classifierRec struct {
	Name string
	CSV  *api.CsvClassifier
	JSON *api.JsonClassifier
}

func (r classifierRec) shape() api.Classifier {
	return api.Classifier{CsvClassifier: r.CSV, JsonClassifier: r.JSON}
}

// use is the classifier as a crawl asks it.
func (r classifierRec) use() classify.Classifier {
	if r.JSON != nil {
		return classify.JSON{Path: r.JSON.JsonPath}
	}
	return classify.CSV{
		Delimiter: deref(r.CSV.Delimiter), Quote: deref(r.CSV.QuoteSymbol), Header: deref(r.CSV.ContainsHeader), Columns: r.CSV.Header,
		NoTrim: deref(r.CSV.DisableValueTrimming), SingleColumn: deref(r.CSV.AllowSingleColumn),
		CustomConfigured: deref(r.CSV.CustomDatatypeConfigured), CustomTypes: r.CSV.CustomDatatypes, Serde: deref(r.CSV.Serde),
	}
}

func (s *Service) classifier(region, name string) (classifierRec, error) {
	r, ok, err := s.classifs.Get(region, name)
	if err == nil && !ok {
		err = notFound("Classifier with name %s does not exist", name)
	}
	return r, err
}

func checkJSONPath(path string) error {
	if !regexp.MustCompile(`^\$(\.[A-Za-z_][A-Za-z0-9_]*)?(\[\*\])?$`).MatchString(path) {
		return invalid("JsonPath %q is not supported; $, $[*], $.name and $.name[*] are", path)
	}
	return nil
}

func (s *Service) createClassifier(c *wire.Call, in *api.CreateClassifierRequest) (*api.CreateClassifierResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var r classifierRec
	switch {
	case in.CsvClassifier != nil:
		x := in.CsvClassifier
		r = classifierRec{Name: x.Name, CSV: &api.CsvClassifier{
			Name: x.Name, CreationTime: new(c.Now), LastUpdated: new(c.Now), Version: new(int64(1)), Delimiter: x.Delimiter, QuoteSymbol: x.QuoteSymbol,
			ContainsHeader: x.ContainsHeader, Header: x.Header, DisableValueTrimming: x.DisableValueTrimming, AllowSingleColumn: x.AllowSingleColumn,
			CustomDatatypeConfigured: x.CustomDatatypeConfigured, CustomDatatypes: x.CustomDatatypes, Serde: x.Serde,
		}}
	case in.JsonClassifier != nil:
		x := in.JsonClassifier
		if err := checkJSONPath(x.JsonPath); err != nil {
			return nil, err
		}
		r = classifierRec{Name: x.Name, JSON: &api.JsonClassifier{
			Name: x.Name, CreationTime: new(c.Now), LastUpdated: new(c.Now), Version: new(int64(1)), JsonPath: x.JsonPath,
		}}
	default:
		return nil, invalid("Weir's crawlers have custom csv and json classifiers, no grok and no xml ones")
	}
	if _, ok, err := s.classifs.Get(c.Region, r.Name); err != nil {
		return nil, err
	} else if ok {
		return nil, exists("Classifier with name %s already exists", r.Name)
	}
	return &api.CreateClassifierResponse{}, s.classifs.Put(r, c.Region, r.Name)
}

func (s *Service) updateClassifier(c *wire.Call, in *api.UpdateClassifierRequest) (*api.UpdateClassifierResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case in.CsvClassifier != nil:
		return &api.UpdateClassifierResponse{}, s.updateCSV(c, in.CsvClassifier)
	case in.JsonClassifier != nil:
		r, err := s.classifier(c.Region, in.JsonClassifier.Name)
		if err != nil {
			return nil, err
		}
		if r.JSON == nil {
			return nil, invalid("Classifier %s is no json classifier", r.Name)
		}
		if p := in.JsonClassifier.JsonPath; p != nil {
			if err := checkJSONPath(*p); err != nil {
				return nil, err
			}
			r.JSON.JsonPath = *p
		}
		r.JSON.LastUpdated, r.JSON.Version = new(c.Now), new(*r.JSON.Version+1)
		return &api.UpdateClassifierResponse{}, s.classifs.Put(r, c.Region, r.Name)
	}
	return nil, invalid("Weir's crawlers have custom csv and json classifiers, no grok and no xml ones")
}

func (s *Service) updateCSV(c *wire.Call, in *api.UpdateCsvClassifierRequest) error {
	r, err := s.classifier(c.Region, in.Name)
	if err != nil {
		return err
	}
	if r.CSV == nil {
		return invalid("Classifier %s is no csv classifier", r.Name)
	}
	set(&r.CSV.Delimiter, in.Delimiter)
	set(&r.CSV.QuoteSymbol, in.QuoteSymbol)
	set(&r.CSV.ContainsHeader, in.ContainsHeader)
	set(&r.CSV.DisableValueTrimming, in.DisableValueTrimming)
	set(&r.CSV.AllowSingleColumn, in.AllowSingleColumn)
	set(&r.CSV.CustomDatatypeConfigured, in.CustomDatatypeConfigured)
	set(&r.CSV.Serde, in.Serde)
	if in.Header != nil {
		r.CSV.Header = in.Header
	}
	if in.CustomDatatypes != nil {
		r.CSV.CustomDatatypes = in.CustomDatatypes
	}
	r.CSV.LastUpdated, r.CSV.Version = new(c.Now), new(*r.CSV.Version+1)
	return s.classifs.Put(r, c.Region, r.Name)
}

func set[T any](dst **T, v *T) {
	if v != nil {
		*dst = v
	}
}

func (s *Service) getClassifier(c *wire.Call, in *api.GetClassifierRequest) (*api.GetClassifierResponse, error) {
	r, err := s.classifier(c.Region, in.Name)
	return &api.GetClassifierResponse{Classifier: new(r.shape())}, err
}

func (s *Service) getClassifiers(c *wire.Call, in *api.GetClassifiersRequest) (*api.GetClassifiersResponse, error) {
	from, err := after(in.NextToken, c.Region)
	if err != nil {
		return nil, err
	}
	list, next, err := page(s.classifs.Scan([]string{c.Region}, from), size(in.MaxResults, 100), nil,
		func(r classifierRec) []string { return []string{c.Region, r.Name} })
	out := &api.GetClassifiersResponse{Classifiers: []api.Classifier{}, NextToken: next}
	for _, r := range list {
		out.Classifiers = append(out.Classifiers, r.shape())
	}
	return out, err
}

func (s *Service) deleteClassifier(c *wire.Call, in *api.DeleteClassifierRequest) (*api.DeleteClassifierResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.classifier(c.Region, in.Name); err != nil {
		return nil, err
	}
	return &api.DeleteClassifierResponse{}, s.classifs.Delete(c.Region, in.Name)
}
