package kinesis

import (
	"weir/internal/aws/wire"
)

// The error codes of Kinesis that the service gives out.
const (
	codeInvalid    = "InvalidArgumentException"
	codeNotFound   = "ResourceNotFoundException"
	codeInUse      = "ResourceInUseException"
	codeLimit      = "LimitExceededException"
	codeValidation = "ValidationException"
	codeExpired    = "ExpiredIteratorException"
	codeExpiredTok = "ExpiredNextTokenException"
	codeThroughput = "ProvisionedThroughputExceededException"
	codeInternal   = "InternalFailure"
)

func notFound(c *wire.Call, name string) error {
	return wire.Errorf(codeNotFound, "Stream %s under account %s not found.", name, c.Account)
}

func notActive(c *wire.Call, name, status string) error {
	return wire.Errorf(codeInUse, "Stream %s under account %s not ACTIVE, instead in state %s", name, c.Account, status)
}

// noSuchShard is for calls that change a shard, shardMissing for those that read one.
func noSuchShard(c *wire.Call, shard, name string) error {
	return wire.Errorf(codeNotFound, "Could not find shard %s in stream %s under account %s.", shard, name, c.Account)
}

func shardMissing(c *wire.Call, shard, name string) error {
	return wire.Errorf(codeNotFound, "Shard %s in stream %s under account %s does not exist", shard, name, c.Account)
}
