package kinesisanalyticsv2

import (
	"reflect"

	"weir/internal/aws/wire"
)

// Ops implements wire.Service.
func (s *Service) Ops() wire.Ops {
	return wire.Ops{
		"AddApplicationCloudWatchLoggingOption":     wire.Handle(s.addLoggingOption),
		"AddApplicationVpcConfiguration":            wire.Handle(s.addVPC),
		"CreateApplication":                         wire.Handle(s.createApplication),
		"CreateApplicationPresignedUrl":             wire.Handle(s.createPresignedURL),
		"CreateApplicationSnapshot":                 wire.Handle(s.createSnapshot),
		"DeleteApplication":                         wire.Handle(s.deleteApplication),
		"DeleteApplicationCloudWatchLoggingOption":  wire.Handle(s.deleteLoggingOption),
		"DeleteApplicationSnapshot":                 wire.Handle(s.deleteSnapshot),
		"DeleteApplicationVpcConfiguration":         wire.Handle(s.deleteVPC),
		"DescribeApplication":                       wire.Handle(s.describeApplication),
		"DescribeApplicationOperation":              wire.Handle(s.describeOperation),
		"DescribeApplicationSnapshot":               wire.Handle(s.describeSnapshot),
		"DescribeApplicationVersion":                wire.Handle(s.describeVersion),
		"ListApplicationOperations":                 wire.Handle(s.listOperations),
		"ListApplicationSnapshots":                  wire.Handle(s.listSnapshots),
		"ListApplicationVersions":                   wire.Handle(s.listVersions),
		"ListApplications":                          wire.Handle(s.listApplications),
		"ListTagsForResource":                       wire.Handle(s.listTags),
		"RollbackApplication":                       wire.Handle(s.rollbackApplication),
		"StartApplication":                          wire.Handle(s.startApplication),
		"StopApplication":                           wire.Handle(s.stopApplication),
		"TagResource":                               wire.Handle(s.tagResource),
		"UntagResource":                             wire.Handle(s.untagResource),
		"UpdateApplication":                         wire.Handle(s.updateApplication),
		"UpdateApplicationMaintenanceConfiguration": wire.Handle(s.updateMaintenance),
	}
}

// Resources implements wire.Service: the application an input names, by name or
// by ARN; AWS gives ListApplications no resource.
func (s *Service) Resources(c *wire.Call, _ string, in any) []string {
	v := reflect.ValueOf(in).Elem()
	if f := v.FieldByName("ApplicationName"); f.IsValid() {
		return []string{appARN(c, f.String())}
	}
	if f := v.FieldByName("ResourceARN"); f.IsValid() {
		return []string{f.String()}
	}
	return nil
}
