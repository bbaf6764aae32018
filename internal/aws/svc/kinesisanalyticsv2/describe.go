package kinesisanalyticsv2

import (
	"strings"
	"time"

	api "weir/internal/aws/api/kinesisanalyticsv2"
	"weir/internal/control"
)

// optional is a pointer to x, nil for the zero value.
func optional[T comparable](x T) *T {
	var zero T
	if x == zero {
		return nil
	}
	return &x
}

// detail is an application at a version; more is IncludeAdditionalDetails.
func detail(a *control.App, v *control.Version, more bool) *api.ApplicationDetail {
	c := &v.Config
	d := &api.ApplicationDetail{
		ApplicationARN: a.ARN, ApplicationName: a.Name, ApplicationDescription: optional(c.Description),
		RuntimeEnvironment: c.Runtime, ServiceExecutionRole: &c.Role, ApplicationMode: &c.Mode,
		ApplicationStatus: a.Status, ApplicationVersionId: v.ID, CreateTimestamp: &a.Created, LastUpdateTimestamp: &a.Updated,
		ApplicationVersionCreateTimestamp: &v.Created, ConditionalToken: new(a.Token()),
		ApplicationVersionUpdatedFrom: optional(v.UpdatedFrom), ApplicationVersionRolledBackFrom: optional(v.RolledBackFrom),
		ApplicationVersionRolledBackTo:                 optional(v.RolledBackTo),
		ApplicationConfigurationDescription:            configuration(a, c, more),
		ApplicationMaintenanceConfigurationDescription: maintenance(a),
	}
	d.CloudWatchLoggingOptionDescriptions = loggingOptions(c.Logging)
	return d
}

func configuration(a *control.App, c *control.Config, more bool) *api.ApplicationConfigurationDescription {
	d := &api.ApplicationConfigurationDescription{
		ApplicationCodeConfigurationDescription:           codeDescription(c.Code),
		FlinkApplicationConfigurationDescription:          flinkDescription(c),
		ApplicationSnapshotConfigurationDescription:       &api.ApplicationSnapshotConfigurationDescription{SnapshotsEnabled: c.SnapshotsEnabled},
		ApplicationSystemRollbackConfigurationDescription: &api.ApplicationSystemRollbackConfigurationDescription{RollbackEnabled: c.RollbackEnabled},
	}
	for _, v := range c.VPC {
		d.VpcConfigurationDescriptions = append(d.VpcConfigurationDescriptions, *vpcDescription(v))
	}
	if c.Encryption != nil {
		d.ApplicationEncryptionConfigurationDescription = encryption(c.Encryption)
	}
	if c.Properties != nil {
		p := &api.EnvironmentPropertyDescriptions{PropertyGroupDescriptions: []api.PropertyGroup{}}
		for _, g := range c.Properties {
			p.PropertyGroupDescriptions = append(p.PropertyGroupDescriptions, api.PropertyGroup{PropertyGroupId: g.PropertyGroupId, PropertyMap: g.PropertyMap})
		}
		d.EnvironmentPropertyDescriptions = p
	}
	if rc := a.RunConfig; rc != nil {
		d.RunConfigurationDescription = &api.RunConfigurationDescription{ApplicationRestoreConfigurationDescription: restoreDescription(rc)}
		if more {
			d.RunConfigurationDescription.FlinkRunConfigurationDescription = &api.FlinkRunConfiguration{AllowNonRestoredState: &rc.AllowNonRestoredState}
		}
	}
	return d
}

func restoreDescription(rc *control.RunConfig) *api.ApplicationRestoreConfiguration {
	t := rc.RestoreType
	if t == "" {
		t = control.RestoreLatest
	}
	return &api.ApplicationRestoreConfiguration{ApplicationRestoreType: t, SnapshotName: optional(rc.SnapshotName)}
}

func encryption(e *control.Encryption) *api.ApplicationEncryptionConfigurationDescription {
	if e == nil {
		return nil
	}
	return &api.ApplicationEncryptionConfigurationDescription{KeyType: e.KeyType, KeyId: optional(e.KeyID)}
}

func codeDescription(code *control.Code) *api.ApplicationCodeConfigurationDescription {
	if code == nil {
		return nil
	}
	content := &api.CodeContentDescription{TextContent: optional(code.Text)}
	if code.Blob.SHA256 != "" {
		content.CodeMD5, content.CodeSize = &code.Blob.MD5, &code.Blob.Size
	}
	if code.Key != "" {
		content.S3ApplicationCodeLocationDescription = &api.S3ApplicationCodeLocationDescription{BucketARN: code.BucketARN, FileKey: code.Key,
			ObjectVersion: optional(code.ObjectVersion)}
	}
	return &api.ApplicationCodeConfigurationDescription{CodeContentType: code.Type, CodeContentDescription: content}
}

func flinkDescription(c *control.Config) *api.FlinkApplicationConfigurationDescription {
	ck, mo, pa := c.Checkpoint, c.Monitoring, c.Parallelism
	return &api.FlinkApplicationConfigurationDescription{
		CheckpointConfigurationDescription: &api.CheckpointConfigurationDescription{ConfigurationType: &ck.Type, CheckpointingEnabled: &ck.Enabled,
			CheckpointInterval: &ck.Interval, MinPauseBetweenCheckpoints: &ck.MinPause},
		MonitoringConfigurationDescription: &api.MonitoringConfigurationDescription{ConfigurationType: &mo.Type, MetricsLevel: &mo.Metrics, LogLevel: &mo.Log},
		ParallelismConfigurationDescription: &api.ParallelismConfigurationDescription{ConfigurationType: &pa.Type, Parallelism: &pa.Parallelism,
			ParallelismPerKPU: &pa.PerKPU, CurrentParallelism: &pa.Parallelism, AutoScalingEnabled: &pa.AutoScaling},
	}
}

func snapshotDetails(s control.Snapshot) api.SnapshotDetails {
	created := s.Created.Truncate(time.Millisecond)
	return api.SnapshotDetails{SnapshotName: s.Name, SnapshotStatus: s.Status, ApplicationVersionId: s.Version,
		SnapshotCreationTimestamp: &created, RuntimeEnvironment: &s.Runtime, ApplicationEncryptionConfigurationDescription: encryption(s.Encryption)}
}

// maxReason is how much of a reason the API gives.
const maxReason = 512

// cut shortens a reason to what the API gives: of a traceback the error, and what
// there is room for before it; of a long error its beginning and its last line,
// where the remedy stands.
func cut(text string) string {
	const gap = "\n...\n"
	text = strings.TrimSpace(text)
	if len(text) <= maxReason {
		return text
	}
	err := text[afterFrames(text):]
	if len(err) > maxReason-64 {
		last := err[strings.LastIndexByte(err, '\n')+1:]
		if len(last) > maxReason/2 {
			return strings.ToValidUTF8(err[:min(len(err), maxReason-3)], "") + "..."
		}
		return strings.ToValidUTF8(err[:maxReason-len(last)-len(gap)], "") + gap + last
	}
	return strings.ToValidUTF8(text[:maxReason-len(err)-len(gap)], "") + gap + err
}

// afterFrames is where the error begins in a Python traceback: behind the last
// line that is indented as its frames are; without frames its last line.
func afterFrames(text string) int {
	at := strings.LastIndex(text, "\n  File \"")
	if at < 0 {
		return strings.LastIndexByte(text, '\n') + 1
	}
	for at++; strings.HasPrefix(text[at:], "  "); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			return 0
		}
		at += end + 1
	}
	return at
}
