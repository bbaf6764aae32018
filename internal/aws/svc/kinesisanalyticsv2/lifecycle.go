package kinesisanalyticsv2

import (
	api "weir/internal/aws/api/kinesisanalyticsv2"
	"weir/internal/aws/wire"
	"weir/internal/control"
)

// runConfig is a run configuration as control keeps it; nil stays nil.
func runConfig(in *api.RunConfigurationUpdate) *control.RunConfig {
	if in == nil {
		return nil
	}
	rc := &control.RunConfig{}
	if f := in.FlinkRunConfiguration; f != nil {
		rc.AllowNonRestoredState = value(f.AllowNonRestoredState, false)
	}
	if r := in.ApplicationRestoreConfiguration; r != nil {
		rc.RestoreType, rc.SnapshotName = r.ApplicationRestoreType, value(r.SnapshotName, "")
	}
	return rc
}

func (s *Service) startApplication(c *wire.Call, in *api.StartApplicationRequest) (*api.StartApplicationResponse, error) {
	rc := &control.RunConfig{}
	if r := in.RunConfiguration; r != nil {
		if len(r.SqlRunConfigurations) > 0 {
			return nil, invalid("SqlRunConfigurations are for SQL-1_0 applications.")
		}
		rc = runConfig(&api.RunConfigurationUpdate{FlinkRunConfiguration: r.FlinkRunConfiguration, ApplicationRestoreConfiguration: r.ApplicationRestoreConfiguration})
	}
	op, err := s.Control.Start(key(c, in.ApplicationName), rc)
	return &api.StartApplicationResponse{OperationId: &op}, err
}

func (s *Service) stopApplication(c *wire.Call, in *api.StopApplicationRequest) (*api.StopApplicationResponse, error) {
	stop := s.Control.Stop
	if value(in.Force, false) {
		stop = s.Control.ForceStop
	}
	op, err := stop(key(c, in.ApplicationName))
	return &api.StopApplicationResponse{OperationId: &op}, err
}

func (s *Service) rollbackApplication(c *wire.Call, in *api.RollbackApplicationRequest) (*api.RollbackApplicationResponse, error) {
	a, v, op, err := s.Control.Rollback(key(c, in.ApplicationName), in.CurrentApplicationVersionId)
	if err != nil {
		return nil, err
	}
	return &api.RollbackApplicationResponse{ApplicationDetail: detail(&a, &v, true), OperationId: &op}, nil
}

func (s *Service) describeOperation(c *wire.Call, in *api.DescribeApplicationOperationRequest) (*api.DescribeApplicationOperationResponse, error) {
	op, err := s.Control.DescribeOperation(key(c, in.ApplicationName), in.OperationId)
	if err != nil {
		return nil, err
	}
	d := &api.ApplicationOperationInfoDetails{Operation: op.Kind, StartTime: op.Start, EndTime: op.End, OperationStatus: op.Status}
	if op.End.IsZero() {
		d.EndTime = op.Start // the model requires one even while IN_PROGRESS
	}
	if op.From != 0 {
		d.ApplicationVersionChangeDetails = &api.ApplicationVersionChangeDetails{ApplicationVersionUpdatedFrom: op.From, ApplicationVersionUpdatedTo: op.To}
	}
	if op.Reason != "" {
		d.OperationFailureDetails = &api.OperationFailureDetails{ErrorInfo: &api.ErrorInfo{ErrorString: new(cut(op.Reason))}}
		if op.Rollback != "" {
			d.OperationFailureDetails.RollbackOperationId = &op.Rollback
		}
	}
	return &api.DescribeApplicationOperationResponse{ApplicationOperationInfoDetails: d}, nil
}

func (s *Service) listOperations(c *wire.Call, in *api.ListApplicationOperationsRequest) (*api.ListApplicationOperationsResponse, error) {
	all, err := s.Control.Operations(key(c, in.ApplicationName))
	if err != nil {
		return nil, err
	}
	var kept []control.Operation
	for _, op := range all {
		if value(in.Operation, op.Kind) == op.Kind && value(in.OperationStatus, op.Status) == op.Status {
			kept = append(kept, op)
		}
	}
	page, next, err := paged(kept, in.Limit, in.NextToken, func(op control.Operation) string { return op.ID })
	if err != nil {
		return nil, err
	}
	out := &api.ListApplicationOperationsResponse{ApplicationOperationInfoList: []api.ApplicationOperationInfo{}, NextToken: next}
	for _, op := range page {
		info := api.ApplicationOperationInfo{Operation: &op.Kind, OperationId: &op.ID, StartTime: &op.Start, OperationStatus: &op.Status}
		if !op.End.IsZero() {
			info.EndTime = &op.End
		}
		out.ApplicationOperationInfoList = append(out.ApplicationOperationInfoList, info)
	}
	return out, nil
}
