package kinesisanalyticsv2

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	api "weir/internal/aws/api/kinesisanalyticsv2"
	"weir/internal/aws/wire"
	"weir/internal/control"
)

// newVPC is a VPC configuration of the version that adds it. There is no EC2 that
// knows the subnets, so that the VPC's id is a name made of theirs.
func newVPC(version int64, in api.VpcConfiguration) control.VPC {
	return control.VPC{ID: fmt.Sprintf("%d.1", version), VpcID: vpcID(in.SubnetIds), Subnets: in.SubnetIds, SecurityGroups: in.SecurityGroupIds}
}

func vpcID(subnets []string) string {
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(slices.Values(subnets)), " ")))
	return fmt.Sprintf("vpc-%x", sum)[:21]
}

func vpcDescription(v control.VPC) *api.VpcConfigurationDescription {
	return &api.VpcConfigurationDescription{VpcConfigurationId: v.ID, VpcId: v.VpcID, SubnetIds: v.Subnets, SecurityGroupIds: v.SecurityGroups}
}

func noVPC(id string) error {
	return wire.Errorf("ResourceNotFoundException", "The application has no VPC configuration %s.", id)
}

// updatedVPC is the VPC configurations as an update changes them.
func updatedVPC(all []control.VPC, ups []api.VpcConfigurationUpdate) ([]control.VPC, error) {
	all = slices.Clone(all)
	for _, u := range ups {
		i := slices.IndexFunc(all, func(v control.VPC) bool { return v.ID == u.VpcConfigurationId })
		if i < 0 {
			return nil, noVPC(u.VpcConfigurationId)
		}
		if u.SubnetIdUpdates != nil {
			all[i].Subnets, all[i].VpcID = u.SubnetIdUpdates, vpcID(u.SubnetIdUpdates)
		}
		if u.SecurityGroupIdUpdates != nil {
			all[i].SecurityGroups = u.SecurityGroupIdUpdates
		}
	}
	return all, nil
}

func (s *Service) addVPC(c *wire.Call, in *api.AddApplicationVpcConfigurationRequest) (*api.AddApplicationVpcConfigurationResponse, error) {
	a, v, op, err := s.changeConfig(c, in.ApplicationName, in.CurrentApplicationVersionId, in.ConditionalToken, "AddApplicationVpcConfiguration",
		func(conf *control.Config, next int64) error {
			if len(conf.VPC) > 0 {
				return invalid("The application already has a VPC configuration; update or delete that.")
			}
			conf.VPC = []control.VPC{newVPC(next, *in.VpcConfiguration)}
			return nil
		})
	if err != nil {
		return nil, err
	}
	return &api.AddApplicationVpcConfigurationResponse{ApplicationARN: &a.ARN, ApplicationVersionId: &v.ID,
		VpcConfigurationDescription: vpcDescription(v.Config.VPC[0]), OperationId: &op}, nil
}

func (s *Service) deleteVPC(c *wire.Call, in *api.DeleteApplicationVpcConfigurationRequest) (*api.DeleteApplicationVpcConfigurationResponse, error) {
	a, v, op, err := s.changeConfig(c, in.ApplicationName, in.CurrentApplicationVersionId, in.ConditionalToken, "DeleteApplicationVpcConfiguration",
		func(conf *control.Config, _ int64) error {
			left := slices.DeleteFunc(slices.Clone(conf.VPC), func(v control.VPC) bool { return v.ID == in.VpcConfigurationId })
			if len(left) == len(conf.VPC) {
				return noVPC(in.VpcConfigurationId)
			}
			conf.VPC = left
			return nil
		})
	if err != nil {
		return nil, err
	}
	return &api.DeleteApplicationVpcConfigurationResponse{ApplicationARN: &a.ARN, ApplicationVersionId: &v.ID, OperationId: &op}, nil
}

// maintenance is an application's window of maintenance, eight hours in UTC: its
// own, or the region's.
func maintenance(a *control.App) *api.ApplicationMaintenanceConfigurationDescription {
	start := a.MaintenanceStart
	switch {
	case start != "":
	case strings.HasPrefix(a.Region, "cn-"):
		start = "13:00"
	default:
		start = "03:00" // us-east-1; what no table says has this too
	}
	var h, m int
	if _, err := fmt.Sscanf(start, "%d:%d", &h, &m); err != nil {
		return nil // the model lets nothing else in
	}
	return &api.ApplicationMaintenanceConfigurationDescription{ApplicationMaintenanceWindowStartTime: start,
		ApplicationMaintenanceWindowEndTime: fmt.Sprintf("%02d:%02d", (h+8)%24, m)}
}

func (s *Service) updateMaintenance(c *wire.Call, in *api.UpdateApplicationMaintenanceConfigurationRequest) (*api.UpdateApplicationMaintenanceConfigurationResponse, error) {
	a, err := s.Control.SetMaintenance(key(c, in.ApplicationName), in.ApplicationMaintenanceConfigurationUpdate.ApplicationMaintenanceWindowStartTimeUpdate)
	if err != nil {
		return nil, err
	}
	return &api.UpdateApplicationMaintenanceConfigurationResponse{ApplicationARN: &a.ARN, ApplicationMaintenanceConfigurationDescription: maintenance(&a)}, nil
}
