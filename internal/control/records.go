package control

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"weir/internal/app"
)

// App is an application as it is now.
type App struct {
	Region, Name, ARN string
	UID               string // of this application, not of another of the same name
	Created, Updated  time.Time
	Status            string
	Version           int64
	VersionCreated    time.Time
	UpdatedFrom       int64 `json:",omitempty"` // the version before the current
	RolledBackFrom    int64 `json:",omitempty"`
	RolledBackTo      int64 `json:",omitempty"`
	RunConfig         *RunConfig
	Run               *Run              // of the job there is or will be
	Previous          *Run              `json:",omitempty"` // replaced by Run, while UPDATING
	Operation         string            `json:",omitempty"` // under way
	Tags              map[string]string `json:",omitempty"`
	MaintenanceStart  string            `json:",omitempty"` // HH:MM; "": the region's
}

// Key is the application's key.
func (a *App) Key() Key { return Key{a.Region, a.Name} }

// Token is the ConditionalToken of the current version.
func (a *App) Token() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", a.UID, a.Version))
	return base64.URLEncoding.EncodeToString(sum[:])
}

// RunConfig is what a start or update said about restoring.
type RunConfig struct {
	RestoreType           string
	SnapshotName          string `json:",omitempty"`
	AllowNonRestoredState bool
}

// The ways of restoring.
const (
	SkipRestore   = "SKIP_RESTORE_FROM_SNAPSHOT"
	RestoreLatest = "RESTORE_FROM_LATEST_SNAPSHOT"
	RestoreCustom = "RESTORE_FROM_CUSTOM_SNAPSHOT"
)

// Run is one life of a job.
type Run struct {
	ID                    string
	Version               int64
	Snapshot              string `json:",omitempty"` // to begin from
	AllowNonRestoredState bool
}

// Version is one version of an application, never changed but for its Status.
type Version struct {
	Region, Name string
	ID           int64
	Created      time.Time
	Status       string
	Config       Config
	// UpdatedFrom, RolledBackFrom and RolledBackTo are App's at that version.
	UpdatedFrom, RolledBackFrom, RolledBackTo int64 `json:",omitempty"`
}

// Config is what a version consists of.
type Config struct {
	Description, Runtime, Role, Mode string
	Code                             *Code
	Properties                       app.Properties
	Checkpoint                       Checkpoint
	Monitoring                       Monitoring
	Parallelism                      Parallelism
	SnapshotsEnabled                 bool
	RollbackEnabled                  bool
	Encryption                       *Encryption `json:",omitempty"`
	VPC                              []VPC       `json:",omitempty"`
	Logging                          []LogOption `json:",omitempty"`
}

// Code is a version's program: Text, or a file kept by the Manager.
type Code struct {
	Type string // PLAINTEXT, ZIPFILE
	Text string `json:",omitempty"`
	// BucketARN, Key and ObjectVersion are where the file was read.
	BucketARN, Key, ObjectVersion string `json:",omitempty"`
	Blob                          Blob
}

// Blob is a file of code kept under its SHA-256.
type Blob struct {
	SHA256, MD5 string `json:",omitempty"` // hex
	Size        int64
}

// Checkpoint is a CheckpointConfiguration; times in milliseconds.
type Checkpoint struct {
	Type               string
	Enabled            bool
	Interval, MinPause int64
}

// Monitoring is a MonitoringConfiguration.
type Monitoring struct{ Type, Metrics, Log string }

// Parallelism is a ParallelismConfiguration.
type Parallelism struct {
	Type                string
	Parallelism, PerKPU int32
	AutoScaling         bool
}

// KPUs is how many processing units the parallelism takes.
func (p Parallelism) KPUs() int { return int((p.Parallelism + p.PerKPU - 1) / max(p.PerKPU, 1)) }

// Encryption is an ApplicationEncryptionConfiguration.
type Encryption struct{ KeyType, KeyID string }

// VPC is a VpcConfiguration.
type VPC struct {
	ID, VpcID               string
	Subnets, SecurityGroups []string
}

// LogOption is a CloudWatchLoggingOption.
type LogOption struct{ ID, StreamARN string }

// Operation is one thing done to an application.
type Operation struct {
	Region, Name, ID string
	Kind             string // StartApplication
	Start            time.Time
	End              time.Time // zero while IN_PROGRESS
	Status           string
	Reason           string `json:",omitempty"` // of a failure
	From, To         int64  `json:",omitempty"` // versions, of an update
	Rollback         string `json:",omitempty"` // the operation that undoes this one
	Snapshot         string `json:",omitempty"` // taken on the way
	Stopped          bool   `json:",omitempty"` // the old job has ended
}

// The statuses of an operation.
const (
	InProgress = "IN_PROGRESS"
	Cancelled  = "CANCELLED"
	Successful = "SUCCESSFUL"
	Failed     = "FAILED"
)

// Snapshot is kept state.
type Snapshot struct {
	Region, App, Name string
	Status            string // CREATING, READY, DELETING, FAILED
	Version           int64
	Runtime           string
	Created           time.Time
	Encryption        *Encryption `json:",omitempty"`
}

// The statuses of a snapshot that are no application's.
const (
	SnapshotCreating = "CREATING"
	SnapshotReady    = "READY"
	SnapshotFailed   = "FAILED"
)
