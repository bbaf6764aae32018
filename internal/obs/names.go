package obs

// The names of Flink's metrics that more than one package uses.
const (
	NumRecordsIn           = "numRecordsIn"
	NumRecordsOut          = "numRecordsOut"
	NumRecordsInPerSecond  = "numRecordsInPerSecond"
	NumRecordsOutPerSecond = "numRecordsOutPerSecond"
	NumBytesIn             = "numBytesIn"
	NumBytesOut            = "numBytesOut"
	NumRecordsSend         = "numRecordsSend"
	NumLateRecordsDropped  = "numLateRecordsDropped"
	NumRecordsInErrors     = "numRecordsInErrors"
	CurrentInputWatermark  = "currentInputWatermark"
	CurrentOutputWatermark = "currentOutputWatermark"

	BusyTimeMsPerSecond          = "busyTimeMsPerSecond"
	IdleTimeMsPerSecond          = "idleTimeMsPerSecond"
	BackPressuredTimeMsPerSecond = "backPressuredTimeMsPerSecond"
	AccumulateBusyTime           = "accumulateBusyTimeMs"
	AccumulateBackPressuredTime  = "accumulateBackPressuredTimeMs"

	Uptime                       = "uptime"
	Downtime                     = "downtime"
	FullRestarts                 = "fullRestarts"
	LastCheckpointDuration       = "lastCheckpointDuration"
	LastCheckpointSize           = "lastCheckpointSize"
	NumberOfCompletedCheckpoints = "numberOfCompletedCheckpoints"
	NumberOfFailedCheckpoints    = "numberOfFailedCheckpoints"

	MillisBehindLatest     = "millisBehindLatest"
	BytesRequestedPerFetch = "bytesRequestedPerFetch"
)
