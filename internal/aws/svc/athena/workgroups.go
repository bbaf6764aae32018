package athena

import (
	"strings"

	api "weir/internal/aws/api/athena"
	"weir/internal/aws/wire"
)

// primary is the work group that is always there.
const primary = "primary"

// workGroup finds a work group; primary comes to be when it is first looked for.
func (s *Service) workGroup(c *wire.Call, name string) (api.WorkGroup, error) {
	g, ok, err := s.groups.Get(c.Region, name)
	if err != nil || ok {
		return g, err
	}
	if name != primary {
		return g, invalid("INVALID_INPUT", "WorkGroup %s is not found.", name)
	}
	g = api.WorkGroup{Name: primary, State: new(api.WorkGroupStateEnabled), Description: new(""), CreationTime: new(c.Now), Configuration: &api.WorkGroupConfiguration{
		ResultConfiguration: &api.ResultConfiguration{}, EnforceWorkGroupConfiguration: new(false), PublishCloudWatchMetricsEnabled: new(false),
		RequesterPaysEnabled: new(false), EngineVersion: engineVersion(),
	}}
	return g, s.groups.Put(g, c.Region, primary)
}

func (s *Service) createWorkGroup(c *wire.Call, in *api.CreateWorkGroupInput) (*api.CreateWorkGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok, err := s.groups.Get(c.Region, in.Name); err != nil {
		return nil, err
	} else if ok || in.Name == primary {
		return nil, invalid("INVALID_INPUT", "WorkGroup %s is already created", in.Name)
	}
	conf := api.WorkGroupConfiguration{}
	if in.Configuration != nil {
		conf = *in.Configuration
	}
	if err := checkConfiguration(conf); err != nil {
		return nil, err
	}
	if conf.EnforceWorkGroupConfiguration == nil {
		conf.EnforceWorkGroupConfiguration = new(true)
	}
	if conf.PublishCloudWatchMetricsEnabled == nil {
		conf.PublishCloudWatchMetricsEnabled = new(true)
	}
	if conf.RequesterPaysEnabled == nil {
		conf.RequesterPaysEnabled = new(false)
	}
	conf.EngineVersion = engineVersion()
	g := api.WorkGroup{Name: in.Name, State: new(api.WorkGroupStateEnabled), Configuration: &conf, Description: in.Description, CreationTime: new(c.Now)}
	if len(in.Tags) > 0 {
		if err := s.tags.Put(tagMap(in.Tags), c.ARN("athena", "workgroup/"+in.Name)); err != nil {
			return nil, err
		}
	}
	return &api.CreateWorkGroupOutput{}, s.groups.Put(g, c.Region, in.Name)
}

// checkConfiguration refuses what would be ignored.
func checkConfiguration(conf api.WorkGroupConfiguration) error {
	switch {
	case conf.ManagedQueryResultsConfiguration != nil && conf.ManagedQueryResultsConfiguration.Enabled:
		return invalid("NOT_SUPPORTED", "managed query results are not supported; give a ResultConfiguration.OutputLocation")
	case strings.Contains(deref(deref(conf.EngineVersion).SelectedEngineVersion), "PySpark"):
		return invalid("NOT_SUPPORTED", "Athena for Apache Spark is not supported")
	}
	if out := deref(deref(conf.ResultConfiguration).OutputLocation); out != "" && !strings.HasPrefix(out, "s3://") {
		return invalid("INVALID_INPUT", "outputLocation is not a valid S3 path.")
	}
	return nil
}

func (s *Service) getWorkGroup(c *wire.Call, in *api.GetWorkGroupInput) (*api.GetWorkGroupOutput, error) {
	g, err := s.workGroup(c, in.WorkGroup)
	return &api.GetWorkGroupOutput{WorkGroup: &g}, err
}

func (s *Service) listWorkGroups(c *wire.Call, in *api.ListWorkGroupsInput) (*api.ListWorkGroupsOutput, error) {
	if _, err := s.workGroup(c, primary); err != nil {
		return nil, err
	}
	list, next, err := page(s.groups, in.NextToken, in.MaxResults, 50, []string{c.Region}, func(g api.WorkGroup) []string { return []string{c.Region, g.Name} })
	if err != nil {
		return nil, err
	}
	out := &api.ListWorkGroupsOutput{WorkGroups: []api.WorkGroupSummary{}, NextToken: next}
	for _, g := range list {
		out.WorkGroups = append(out.WorkGroups, api.WorkGroupSummary{Name: new(g.Name), State: g.State, Description: g.Description, CreationTime: g.CreationTime, EngineVersion: engineVersion()})
	}
	return out, nil
}

func (s *Service) updateWorkGroup(c *wire.Call, in *api.UpdateWorkGroupInput) (*api.UpdateWorkGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.workGroup(c, in.WorkGroup)
	if err != nil {
		return nil, err
	}
	set(&g.Description, in.Description)
	set(&g.State, in.State)
	if up := in.ConfigurationUpdates; up != nil {
		conf := deref(g.Configuration)
		set(&conf.EnforceWorkGroupConfiguration, up.EnforceWorkGroupConfiguration)
		set(&conf.PublishCloudWatchMetricsEnabled, up.PublishCloudWatchMetricsEnabled)
		set(&conf.BytesScannedCutoffPerQuery, up.BytesScannedCutoffPerQuery)
		set(&conf.RequesterPaysEnabled, up.RequesterPaysEnabled)
		if deref(up.RemoveBytesScannedCutoffPerQuery) {
			conf.BytesScannedCutoffPerQuery = nil
		}
		if ru := up.ResultConfigurationUpdates; ru != nil {
			rc := deref(conf.ResultConfiguration)
			set(&rc.OutputLocation, ru.OutputLocation)
			set(&rc.EncryptionConfiguration, ru.EncryptionConfiguration)
			set(&rc.ExpectedBucketOwner, ru.ExpectedBucketOwner)
			set(&rc.AclConfiguration, ru.AclConfiguration)
			if deref(ru.RemoveOutputLocation) {
				rc.OutputLocation = nil
			}
			if deref(ru.RemoveEncryptionConfiguration) {
				rc.EncryptionConfiguration = nil
			}
			conf.ResultConfiguration = &rc
		}
		if err := checkConfiguration(conf); err != nil {
			return nil, err
		}
		g.Configuration = &conf
	}
	return &api.UpdateWorkGroupOutput{}, s.groups.Put(g, c.Region, in.WorkGroup)
}

func set[T any](dst **T, v *T) {
	if v != nil {
		*dst = v
	}
}

func (s *Service) deleteWorkGroup(c *wire.Call, in *api.DeleteWorkGroupInput) (*api.DeleteWorkGroupOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if in.WorkGroup == primary {
		return nil, invalid("INVALID_INPUT", "primary WorkGroup can not be deleted")
	}
	if _, err := s.workGroup(c, in.WorkGroup); err != nil {
		return nil, err
	}
	tx := s.DB.Begin()
	for o, err := range s.order.Scan([]string{c.Region, in.WorkGroup}, nil) {
		if err != nil {
			return nil, err
		}
		if !deref(in.RecursiveDeleteOption) {
			return nil, invalid("INVALID_INPUT", "WorkGroup %s is not empty", in.WorkGroup)
		}
		s.order.DeleteTx(tx, o.key(c.Region)...)
	}
	s.groups.DeleteTx(tx, c.Region, in.WorkGroup)
	s.tags.DeleteTx(tx, c.ARN("athena", "workgroup/"+in.WorkGroup))
	return &api.DeleteWorkGroupOutput{}, tx.Commit()
}

func tagMap(tags []api.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[deref(t.Key)] = deref(t.Value)
	}
	return out
}
