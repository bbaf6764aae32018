package kinesisanalyticsv2

import (
	"slices"
	"strings"

	"weir/internal/app"
	api "weir/internal/aws/api/kinesisanalyticsv2"
	"weir/internal/aws/wire"
	"weir/internal/control"
)

// AWS's defaults.
const (
	defaultInterval = 60_000
	defaultMinPause = 5_000
	maxParallelism  = 256
	maxKPUs         = 64
	maxPerKPU       = 8
	maxGroups       = 50
)

// value is *p, or other when there is none.
func value[T any](p *T, other T) T {
	if p == nil {
		return other
	}
	return *p
}

// configOf is the configuration of a first version; code is done by the caller.
func configOf(in *api.CreateApplicationRequest) (control.Config, error) {
	c := control.Config{Description: value(in.ApplicationDescription, ""), Runtime: in.RuntimeEnvironment,
		Role: in.ServiceExecutionRole, Mode: value(in.ApplicationMode, api.ApplicationModeStreaming), SnapshotsEnabled: true}
	if err := checkRuntime(c.Runtime); err != nil {
		return c, err
	}
	if c.Mode != api.ApplicationModeStreaming {
		return c, invalid("ApplicationMode %s is not supported for runtime %s.", c.Mode, c.Runtime)
	}
	conf := value(in.ApplicationConfiguration, api.ApplicationConfiguration{})
	switch {
	case conf.SqlApplicationConfiguration != nil:
		return c, invalid("SqlApplicationConfiguration is not supported for runtime %s.", c.Runtime)
	case conf.ZeppelinApplicationConfiguration != nil:
		return c, invalid("ZeppelinApplicationConfiguration is not supported for runtime %s.", c.Runtime)
	case len(conf.VpcConfigurations) > 1:
		return c, invalid("An application has at most one VPC configuration.")
	}
	for _, v := range conf.VpcConfigurations {
		c.VPC = append(c.VPC, newVPC(1, v))
	}
	if e := conf.EnvironmentProperties; e != nil {
		var err error
		if c.Properties, err = groups(e.PropertyGroups); err != nil {
			return c, err
		}
	}
	if s := conf.ApplicationSnapshotConfiguration; s != nil {
		c.SnapshotsEnabled = s.SnapshotsEnabled
	}
	if r := conf.ApplicationSystemRollbackConfiguration; r != nil {
		c.RollbackEnabled = r.RollbackEnabled
	}
	if e := conf.ApplicationEncryptionConfiguration; e != nil {
		c.Encryption = &control.Encryption{KeyType: e.KeyType, KeyID: value(e.KeyId, "")}
	}
	flink := value(conf.FlinkApplicationConfiguration, api.FlinkApplicationConfiguration{})
	return flinkConfig(c, flink)
}

// checkRuntime refuses the runtimes whose programs Weir cannot run.
func checkRuntime(runtime string) error {
	if _, err := app.Profile(runtime); err != nil {
		return wire.Errorf("UnsupportedOperationException", "Runtime environment %s is not supported: Weir runs the FLINK-* runtimes.", runtime)
	}
	return nil
}

// flinkConfig adds a FlinkApplicationConfiguration with its defaults.
func flinkConfig(c control.Config, f api.FlinkApplicationConfiguration) (control.Config, error) {
	ck := value(f.CheckpointConfiguration, api.CheckpointConfiguration{ConfigurationType: api.ConfigurationTypeDefault})
	c.Checkpoint = control.Checkpoint{Type: ck.ConfigurationType, Enabled: value(ck.CheckpointingEnabled, true),
		Interval: value(ck.CheckpointInterval, defaultInterval), MinPause: value(ck.MinPauseBetweenCheckpoints, defaultMinPause)}
	mo := value(f.MonitoringConfiguration, api.MonitoringConfiguration{ConfigurationType: api.ConfigurationTypeDefault})
	c.Monitoring = control.Monitoring{Type: mo.ConfigurationType, Metrics: value(mo.MetricsLevel, api.MetricsLevelApplication),
		Log: value(mo.LogLevel, api.LogLevelInfo)}
	pa := value(f.ParallelismConfiguration, api.ParallelismConfiguration{ConfigurationType: api.ConfigurationTypeDefault})
	c.Parallelism = control.Parallelism{Type: pa.ConfigurationType, Parallelism: value(pa.Parallelism, 1),
		PerKPU: value(pa.ParallelismPerKPU, 1), AutoScaling: value(pa.AutoScalingEnabled, true)}
	return c, normalise(&c)
}

// normalise gives DEFAULT its values, whatever else was said with it, and checks
// the bounds of CUSTOM.
func normalise(c *control.Config) error {
	if c.Checkpoint.Type == api.ConfigurationTypeDefault {
		c.Checkpoint = control.Checkpoint{Type: api.ConfigurationTypeDefault, Enabled: true, Interval: defaultInterval, MinPause: defaultMinPause}
	}
	if c.Monitoring.Type == api.ConfigurationTypeDefault {
		c.Monitoring = control.Monitoring{Type: api.ConfigurationTypeDefault, Metrics: api.MetricsLevelApplication, Log: api.LogLevelInfo}
	}
	if c.Parallelism.Type == api.ConfigurationTypeDefault {
		c.Parallelism = control.Parallelism{Type: api.ConfigurationTypeDefault, Parallelism: 1, PerKPU: 1, AutoScaling: true}
	}
	p := c.Parallelism
	switch {
	case p.PerKPU > maxPerKPU:
		return invalid("ParallelismPerKPU %d exceeds the maximum of %d.", p.PerKPU, maxPerKPU)
	case p.Parallelism > maxParallelism:
		return invalid("Parallelism %d exceeds the maximum of %d.", p.Parallelism, maxParallelism)
	case p.KPUs() > maxKPUs:
		return wire.Errorf("LimitExceededException", "Parallelism %d with ParallelismPerKPU %d needs %d KPUs; an application has at most %d.",
			p.Parallelism, p.PerKPU, p.KPUs(), maxKPUs)
	}
	return nil
}

// groups are property groups as control keeps them.
func groups(in []api.PropertyGroup) (app.Properties, error) {
	if len(in) > maxGroups {
		return nil, invalid("An application has at most %d property groups.", maxGroups)
	}
	out := app.Properties{}
	for _, g := range in {
		if _, twice := out.Group(g.PropertyGroupId); twice {
			return nil, invalid("Property group %s is there twice.", g.PropertyGroupId)
		}
		out = append(out, app.PropertyGroup{PropertyGroupId: g.PropertyGroupId, PropertyMap: g.PropertyMap})
	}
	return out, nil
}

// checkLogStream refuses what is not the ARN of a log stream.
func checkLogStream(c *wire.Call, arn string) error {
	rest, ok := strings.CutPrefix(arn, c.ARN("logs", "log-group:"))
	group, stream, two := strings.Cut(rest, ":log-stream:")
	if !ok || !two || group == "" || stream == "" || strings.ContainsAny(stream, ":*") {
		return invalid("%s is not the ARN of a log stream of this account and region: %s", arn, c.ARN("logs", "log-group:GROUP:log-stream:STREAM"))
	}
	return nil
}

// updated is c as an update changes it; code is done by the caller.
func updated(c control.Config, up *api.ApplicationConfigurationUpdate) (control.Config, error) {
	if up == nil {
		return c, nil
	}
	switch {
	case up.SqlApplicationConfigurationUpdate != nil:
		return c, invalid("SqlApplicationConfigurationUpdate is not supported for runtime %s.", c.Runtime)
	case up.ZeppelinApplicationConfigurationUpdate != nil:
		return c, invalid("ZeppelinApplicationConfigurationUpdate is not supported for runtime %s.", c.Runtime)
	}
	var err error
	if c.VPC, err = updatedVPC(c.VPC, up.VpcConfigurationUpdates); err != nil {
		return c, err
	}
	if e := up.EnvironmentPropertyUpdates; e != nil { // the list is replaced whole
		if c.Properties, err = groups(e.PropertyGroups); err != nil {
			return c, err
		}
	}
	if s := up.ApplicationSnapshotConfigurationUpdate; s != nil {
		c.SnapshotsEnabled = s.SnapshotsEnabledUpdate
	}
	if r := up.ApplicationSystemRollbackConfigurationUpdate; r != nil {
		c.RollbackEnabled = r.RollbackEnabledUpdate
	}
	if e := up.ApplicationEncryptionConfigurationUpdate; e != nil {
		c.Encryption = &control.Encryption{KeyType: e.KeyTypeUpdate, KeyID: value(e.KeyIdUpdate, "")}
	}
	if f := up.FlinkApplicationConfigurationUpdate; f != nil {
		updateFlink(&c, f)
	}
	return c, normalise(&c)
}

func updateFlink(c *control.Config, f *api.FlinkApplicationConfigurationUpdate) {
	if u := f.CheckpointConfigurationUpdate; u != nil {
		k := &c.Checkpoint
		k.Type, k.Enabled = value(u.ConfigurationTypeUpdate, k.Type), value(u.CheckpointingEnabledUpdate, k.Enabled)
		k.Interval, k.MinPause = value(u.CheckpointIntervalUpdate, k.Interval), value(u.MinPauseBetweenCheckpointsUpdate, k.MinPause)
	}
	if u := f.MonitoringConfigurationUpdate; u != nil {
		k := &c.Monitoring
		k.Type, k.Metrics, k.Log = value(u.ConfigurationTypeUpdate, k.Type), value(u.MetricsLevelUpdate, k.Metrics), value(u.LogLevelUpdate, k.Log)
	}
	if u := f.ParallelismConfigurationUpdate; u != nil {
		k := &c.Parallelism
		k.Type, k.Parallelism = value(u.ConfigurationTypeUpdate, k.Type), value(u.ParallelismUpdate, k.Parallelism)
		k.PerKPU, k.AutoScaling = value(u.ParallelismPerKPUUpdate, k.PerKPU), value(u.AutoScalingEnabledUpdate, k.AutoScaling)
	}
}

// olderRuntime reports whether runtime b is before a: an upgrade goes forward only.
func olderRuntime(a, b string) bool {
	order := []string{api.RuntimeEnvironmentFlink16, api.RuntimeEnvironmentFlink18, api.RuntimeEnvironmentFlink111, api.RuntimeEnvironmentFlink113,
		api.RuntimeEnvironmentFlink115, api.RuntimeEnvironmentFlink118, api.RuntimeEnvironmentFlink119, api.RuntimeEnvironmentFlink120, api.RuntimeEnvironmentFlink22}
	return slices.Index(order, b) < slices.Index(order, a)
}
