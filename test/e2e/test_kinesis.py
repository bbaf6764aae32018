"""Kinesis over TLS with the server's own authority, and each
type of shard iterator as boto3 reads it while shards split and merge."""
import datetime
import unittest

import botocore.config
import botocore.exceptions

from jobs import stream
from server import Server


def setUpModule():
    global server
    server = Server()
    unittest.addModuleCleanup(server.close)
    server.start()


class TLS(unittest.TestCase):
    def test_own_authority(self):
        """The certificate holds against the authority in the data directory only."""
        authority = server.data / "data" / "tls" / "ca.pem"
        client = lambda verify: server.session().client("kinesis", endpoint_url=server.tls_endpoint, verify=verify,
                                                        config=botocore.config.Config(retries={"max_attempts": 1}))
        self.assertEqual(client(str(authority)).list_streams()["ResponseMetadata"]["HTTPStatusCode"], 200)
        with self.assertRaises(botocore.exceptions.SSLError):
            client(True).list_streams()


class Reading(unittest.TestCase):
    def read(self, k, stream, shard, kind, **more):
        """The data from an iterator to the shard's end or tip, and the children's names."""
        at, got = k.get_shard_iterator(StreamName=stream, ShardId=shard, ShardIteratorType=kind, **more)["ShardIterator"], []
        while at:
            page = k.get_records(ShardIterator=at, Limit=2)
            got += [r["Data"] for r in page["Records"]]
            at = page.get("NextShardIterator")
            if not page["Records"]:
                break
        return got, sorted(c["ShardId"] for c in page.get("ChildShards", []))

    def test_iterators_across_a_split_and_a_merge(self):
        k, name = server.client("kinesis"), stream(server)
        put = lambda data: k.put_record(StreamName=name, Data=data, PartitionKey="k")
        numbers = [put(b"%d" % i)["SequenceNumber"] for i in range(5)]
        parent = "shardId-000000000000"
        late = k.get_shard_iterator(StreamName=name, ShardId=parent, ShardIteratorType="LATEST")["ShardIterator"]
        self.assertEqual(k.get_records(ShardIterator=late)["Records"], [])
        first = k.get_records(ShardIterator=k.get_shard_iterator(
            StreamName=name, ShardId=parent, ShardIteratorType="TRIM_HORIZON")["ShardIterator"])["Records"]
        self.assertEqual([r["SequenceNumber"] for r in first], numbers)
        k.split_shard(StreamName=name, ShardToSplit=parent, NewStartingHashKey=str(1 << 127))
        child = put(b"5")["ShardId"]
        self.assertIn(child, ("shardId-000000000001", "shardId-000000000002"))
        children, everything = ["shardId-000000000001", "shardId-000000000002"], [b"0", b"1", b"2", b"3", b"4"]
        for kind, more, want in (
                ("TRIM_HORIZON", {}, everything),
                ("AT_SEQUENCE_NUMBER", {"StartingSequenceNumber": numbers[2]}, everything[2:]),
                ("AFTER_SEQUENCE_NUMBER", {"StartingSequenceNumber": numbers[2]}, everything[3:]),
                ("AT_TIMESTAMP", {"Timestamp": first[0]["ApproximateArrivalTimestamp"] - datetime.timedelta(hours=1)}, everything),
                ("LATEST", {}, [])):
            with self.subTest(kind):
                self.assertEqual(self.read(k, name, parent, kind, **more), (want, children))
        page = k.get_records(ShardIterator=late)
        self.assertNotIn("NextShardIterator", page, "the reader that waited is told of the end")
        k.merge_shards(StreamName=name, ShardToMerge=children[0], AdjacentShardToMerge=children[1])
        self.assertEqual(put(b"6")["ShardId"], "shardId-000000000003")
        self.assertEqual(self.read(k, name, child, "TRIM_HORIZON"), ([b"5"], ["shardId-000000000003"]))
        self.assertEqual(self.read(k, name, "shardId-000000000003", "TRIM_HORIZON"), ([b"6"], []))


if __name__ == "__main__":
    unittest.main()
