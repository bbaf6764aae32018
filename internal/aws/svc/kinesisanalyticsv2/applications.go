package kinesisanalyticsv2

import (
	"fmt"

	api "weir/internal/aws/api/kinesisanalyticsv2"
	"weir/internal/aws/wire"
	"weir/internal/control"
)

func (s *Service) createApplication(c *wire.Call, in *api.CreateApplicationRequest) (*api.CreateApplicationResponse, error) {
	conf, err := configOf(in)
	if err != nil {
		return nil, err
	}
	for i, o := range in.CloudWatchLoggingOptions {
		if err := checkLogStream(c, o.LogStreamARN); err != nil {
			return nil, err
		}
		if i > 0 {
			return nil, invalid("An application has at most one CloudWatch logging option.")
		}
		conf.Logging = append(conf.Logging, control.LogOption{ID: fmt.Sprintf("1.%d", i+1), StreamARN: o.LogStreamARN})
	}
	tags := map[string]string{}
	if err := addTags(tags, in.Tags); err != nil {
		return nil, err
	}
	cred, err := s.checkRole(c, in.ApplicationName, in.ServiceExecutionRole)
	if err != nil {
		return nil, err
	}
	if a := in.ApplicationConfiguration; a != nil {
		if conf.Code, err = s.createdCode(c, cred, a.ApplicationCodeConfiguration); err != nil {
			return nil, err
		}
	}
	a, v, err := s.Control.Create(key(c, in.ApplicationName), appARN(c, in.ApplicationName), conf, tags)
	if err != nil {
		return nil, s.dropped(conf.Code, err)
	}
	return &api.CreateApplicationResponse{ApplicationDetail: detail(&a, &v, false)}, nil
}

// dropped gives up code that was kept for a request that failed.
func (s *Service) dropped(code *control.Code, err error) error {
	if code != nil {
		if derr := s.Control.DropCode(code); derr != nil {
			return fmt.Errorf("%w; giving up its code: %w", err, derr)
		}
	}
	return err
}

func (s *Service) describeApplication(c *wire.Call, in *api.DescribeApplicationRequest) (*api.DescribeApplicationResponse, error) {
	a, v, err := s.Control.Describe(key(c, in.ApplicationName))
	if err != nil {
		return nil, err
	}
	return &api.DescribeApplicationResponse{ApplicationDetail: detail(&a, &v, value(in.IncludeAdditionalDetails, false))}, nil
}

func (s *Service) listApplications(c *wire.Call, in *api.ListApplicationsRequest) (*api.ListApplicationsResponse, error) {
	after, err := readToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	all, err := s.Control.List(c.Region, after)
	if err != nil {
		return nil, err
	}
	out := &api.ListApplicationsResponse{ApplicationSummaries: []api.ApplicationSummary{}}
	n := int(value(in.Limit, 50))
	if len(all) > n {
		all = all[:n]
		out.NextToken = token(all[n-1].Name)
	}
	for _, a := range all {
		_, v, err := s.Control.DescribeVersion(a.Key(), a.Version)
		if err != nil {
			return nil, err
		}
		out.ApplicationSummaries = append(out.ApplicationSummaries, api.ApplicationSummary{ApplicationName: a.Name, ApplicationARN: a.ARN,
			ApplicationStatus: a.Status, ApplicationVersionId: a.Version, RuntimeEnvironment: v.Config.Runtime, ApplicationMode: &v.Config.Mode})
	}
	return out, nil
}

func (s *Service) deleteApplication(c *wire.Call, in *api.DeleteApplicationRequest) (*api.DeleteApplicationResponse, error) {
	return &api.DeleteApplicationResponse{}, s.Control.Delete(key(c, in.ApplicationName), in.CreateTimestamp)
}

// checkBase checks that a request changes the current version, which it names by
// number or token.
func checkBase(a *control.App, version *int64, token *string) error {
	switch {
	case version != nil && token != nil:
		return invalid("Only one of CurrentApplicationVersionId and ConditionalToken can be specified.")
	case version == nil && token == nil:
		return invalid("Either CurrentApplicationVersionId or ConditionalToken must be specified.")
	case version != nil:
		return a.CheckVersion(*version)
	}
	return a.CheckToken(*token)
}

func (s *Service) updateApplication(c *wire.Call, in *api.UpdateApplicationRequest) (*api.UpdateApplicationResponse, error) {
	k := key(c, in.ApplicationName)
	now, v, err := s.Control.Describe(k)
	if err != nil {
		return nil, err
	}
	if err := checkBase(&now, in.CurrentApplicationVersionId, in.ConditionalToken); err != nil {
		return nil, err
	}
	conf, err := s.updatedConfig(c, v.Config, in)
	if err != nil {
		return nil, err
	}
	rc := runConfig(in.RunConfigurationUpdate)
	a, nv, op, err := s.Control.Update(k, now.Version, conf, rc, "UpdateApplication")
	if err != nil {
		if conf.Code != v.Config.Code {
			err = s.dropped(conf.Code, err)
		}
		return nil, err
	}
	return &api.UpdateApplicationResponse{ApplicationDetail: detail(&a, &nv, true), OperationId: &op}, nil
}

// updatedConfig is the configuration that an update asks for.
func (s *Service) updatedConfig(c *wire.Call, conf control.Config, in *api.UpdateApplicationRequest) (control.Config, error) {
	if in.RuntimeEnvironmentUpdate != nil {
		to := *in.RuntimeEnvironmentUpdate
		if err := checkRuntime(to); err != nil {
			return conf, err
		}
		if olderRuntime(conf.Runtime, to) {
			return conf, invalid("Runtime environment %s cannot be changed to the older %s.", conf.Runtime, to)
		}
		conf.Runtime = to
	}
	conf.Role = value(in.ServiceExecutionRoleUpdate, conf.Role)
	var err error
	if conf.Logging, err = updatedLogging(c, conf.Logging, in.CloudWatchLoggingOptionUpdates); err != nil {
		return conf, err
	}
	if conf, err = updated(conf, in.ApplicationConfigurationUpdate); err != nil {
		return conf, err
	}
	var up *api.ApplicationCodeConfigurationUpdate
	if in.ApplicationConfigurationUpdate != nil {
		up = in.ApplicationConfigurationUpdate.ApplicationCodeConfigurationUpdate
	}
	if up == nil && in.ServiceExecutionRoleUpdate == nil {
		return conf, nil
	}
	cred, err := s.checkRole(c, in.ApplicationName, conf.Role)
	if err == nil && up != nil {
		conf.Code, err = s.updatedCode(c, cred, conf.Code, up)
	}
	return conf, err
}
