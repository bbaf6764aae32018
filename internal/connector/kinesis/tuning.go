package kinesis

// tuning are options of Flink's connector that are taken and have no effect:
// they tune HTTP clients, the patience of single calls, enhanced fan-out,
// watermark synchronisation and the Kinesis Producer Library, machinery that Weir
// has not or has otherwise. (A row waits for others only while its task has a call
// under way, so there is no time it must not wait beyond.)
func tuning() []string {
	names := []string{
		"scan.shard-assigner", "scan.shard.adaptivereads", "scan.watermark.sync.interval",
		"scan.watermark.lookahead.millis", "scan.watermark.sync.queue.capacity", "shard.consumer.error.recoverable[0].exception",
		"scan.stream.efo.consumername", "scan.stream.efo.registration", "scan.stream.efo.consumerarn",
		"scan.stream.efo.http-client.max-concurrency", "source.shard-assigner",
		"source.efo.lifecycle", "source.efo.consumer.name", "source.efo.subscription.timeout", "source.efo.deregister.timeout",
		"source.efo.describe.retry-strategy.delay.min", "source.efo.describe.retry-strategy.delay.max",
		"source.efo.describe.retry-strategy.attempts.max",
		"sink.flush-buffer.timeout", "sink.http-client.*", "sink.producer.*",
	}
	for _, call := range []string{"scan.stream.describe", "scan.list.shards", "scan.stream.describestreamconsumer",
		"scan.stream.registerstreamconsumer", "scan.stream.deregisterstreamconsumer", "scan.shard.subscribetoshard",
		"scan.shard.getrecords", "scan.shard.getiterator"} {
		for _, knob := range []string{"maxretries", "backoff.base", "backoff.max", "backoff.expconst", "timeout"} {
			names = append(names, call+"."+knob)
		}
	}
	return names
}
