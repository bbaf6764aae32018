"""Crawler and Athena by boto3, where only a real client shows it: what is
crawled can be asked, with the caller's rights, page by page, and cancelled."""
import json
import unittest

import botocore.exceptions

from server import Server, until
from walkthrough import trust


def setUpModule():
    global server, s3, glue, athena, iam
    server = Server()
    unittest.addModuleCleanup(server.close)
    server.start()
    s3, glue, athena, iam = map(server.client, ("s3", "glue", "athena", "iam"))
    for bucket in ("data", "out"):
        s3.create_bucket(Bucket=bucket)
    glue.create_database(DatabaseInput={"Name": "db"})
    put("sales/month=01/a.csv", "id,name,price\n" + "".join(f"{i},n{i},{i}.5\n" for i in range(1500)))
    put("sales/month=02/b.csv", "id,name,price\n7000,x,1.25\n")
    crawl("sales", role("crawler", ["glue:*", "s3:*", "logs:*"]))


def put(key, body):
    s3.put_object(Bucket="data", Key=key, Body=body.encode())


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": actions, "Resource": resources} for effect, actions, resources in statements]})


def role(name, actions):
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("glue.amazonaws.com"))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(("Allow", actions, "*")))
    return arn


def crawl(name, arn, path=None):
    """A crawl from start to end; how it ended."""
    if path is None or name not in glue.list_crawlers()["CrawlerNames"]:
        glue.create_crawler(Name=name, Role=arn, DatabaseName="db", Targets={"S3Targets": [{"Path": path or f"s3://data/{name}/"}]})
    glue.start_crawler(Name=name)
    until("the crawler is done", lambda: glue.get_crawler(Name=name)["Crawler"]["State"] == "READY", 30)
    return glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]


def query(sql, client=None, **kw):
    """A query's id and how it ended."""
    client = client or athena
    id = client.start_query_execution(QueryString=sql, QueryExecutionContext={"Database": "db"},
                                      ResultConfiguration={"OutputLocation": "s3://out/results/"}, **kw)["QueryExecutionId"]

    def ended():
        x = athena.get_query_execution(QueryExecutionId=id)["QueryExecution"]
        return x if x["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED") else None
    return id, until("the query ends", ended, 30)


def text(row):
    return [d.get("VarCharValue") for d in row["Data"]]


class Case(unittest.TestCase):
    maxDiff = None

    def rows(self, sql, **kw):
        id, x = query(sql, **kw)
        self.assertEqual(x["Status"]["State"], "SUCCEEDED", x["Status"])
        return [text(r) for r in athena.get_query_results(QueryExecutionId=id)["ResultSet"]["Rows"]][1:]

    def fails(self, reason, sql, **kw):
        x = query(sql, **kw)[1]
        self.assertEqual(x["Status"]["State"], "FAILED")
        self.assertIn(reason, x["Status"]["StateChangeReason"])

    def refused(self, message, call, **args):
        with self.assertRaises(botocore.exceptions.ClientError) as e:
            call(**args)
        self.assertIn(message, str(e.exception))


class Crawler(Case):
    def test_role_without_rights(self):
        last = crawl("denied", role("reads-nothing", ["glue:*", "logs:*"]), "s3://data/sales/")
        self.assertEqual(last["Status"], "FAILED")
        self.assertIn("reads-nothing/AWS-Crawler is not authorized to perform: s3:ListBucket", last["ErrorMessage"])

    def test_a_column_more_and_folders_less(self):
        arn = role("crawler-again", ["glue:*", "s3:*", "logs:*"])
        put("changes/d=1/a.csv", "id,name,qty\n1,ann,3\n2,bob,4\n")
        put("changes/d=2/a.csv", "id,name,qty,extra\n3,cy,5,1.5\n4,di,6,2.5\n")
        self.assertEqual(crawl("changes", arn, "s3://data/changes/")["Status"], "SUCCEEDED")
        columns = lambda: [(c["Name"], c["Type"]) for c in glue.get_table(DatabaseName="db", Name="changes")["Table"]["StorageDescriptor"]["Columns"]]
        self.assertEqual(columns(), [("id", "bigint"), ("name", "string"), ("qty", "bigint"), ("extra", "double")])
        for key in ("changes/d=1/a.csv", "changes/d=2/a.csv"):
            s3.delete_object(Bucket="data", Key=key)
        self.assertEqual(crawl("changes", arn, "s3://data/changes/")["Status"], "SUCCEEDED")
        self.assertIn("DEPRECATED_BY_CRAWLER", glue.get_table(DatabaseName="db", Name="changes")["Table"]["Parameters"])

    def test_partitions_by_expression(self):
        pages = glue.get_paginator("get_partitions").paginate(DatabaseName="db", TableName="sales", Expression="month > '01' and month in ('02', '03')")
        self.assertEqual([p["Values"] for page in pages for p in page["Partitions"]], [["02"]])


class Queries(Case):
    def test_only_the_partitions_asked_for_are_read(self):
        id, x = query("SELECT count(*) FROM sales WHERE month = '02'")
        self.assertEqual(x["Statistics"]["DataScannedInBytes"], s3.head_object(Bucket="data", Key="sales/month=02/b.csv")["ContentLength"])

    def test_pages(self):
        id, _ = query("SELECT id FROM sales ORDER BY id")
        pages = list(athena.get_paginator("get_query_results").paginate(QueryExecutionId=id, PaginationConfig={"PageSize": 1000}))
        rows = [text(r)[0] for page in pages for r in page["ResultSet"]["Rows"]]
        self.assertEqual((len(pages), rows), (2, ["id"] + [str(i) for i in range(1500)] + ["7000"]))
        for token in ("zz", "zz.0011223344556677"):
            self.refused("NextToken is not valid", athena.get_query_results, QueryExecutionId=id, NextToken=token)

    def test_cancelled(self):
        id = athena.start_query_execution(QueryString="SELECT count(*) FROM sales a, sales b, sales c, sales d", QueryExecutionContext={"Database": "db"},
                                          ResultConfiguration={"OutputLocation": "s3://out/results/"})["QueryExecutionId"]
        state = lambda: athena.get_query_execution(QueryExecutionId=id)["QueryExecution"]["Status"]["State"]
        until("the query runs", lambda: state() == "RUNNING")
        self.refused("Query has not yet finished. Current state: RUNNING", athena.get_query_results, QueryExecutionId=id)
        athena.stop_query_execution(QueryExecutionId=id)
        until("the query is cancelled", lambda: state() == "CANCELLED")
        self.refused("Final query state: CANCELLED", athena.get_query_results, QueryExecutionId=id)

    def test_wrong_sql_tells_its_place(self):
        self.fails("COLUMN_NOT_FOUND: line 1:8", "SELECT nosuch FROM sales")
        self.fails("TABLE_NOT_FOUND: line 2:6", "SELECT 1\nFROM nosuch")
        self.fails("FUNCTION_NOT_FOUND: line 1:8", "SELECT getenv('HOME')")
        self.fails("DIVISION_BY_ZERO", "SELECT id / (id - id) FROM sales")
        self.refused("line 1:1: mismatched input 'COPY'", query, sql="COPY sales TO '/tmp/x'")
        self.refused("not supported: INSERT", query, sql="INSERT INTO sales VALUES (1)")

    def test_the_callers_rights(self):
        iam.create_user(UserName="analyst")
        iam.put_user_policy(UserName="analyst", PolicyName="p", PolicyDocument=policy(
            ("Allow", ["athena:*", "glue:Get*", "s3:*"], "*"), ("Deny", ["s3:GetObject"], "arn:aws:s3:::data/sales/month=02/*"),
            ("Deny", ["glue:DeleteTable"], "*")))
        key = iam.create_access_key(UserName="analyst")["AccessKey"]
        analyst = server.client("athena", key=key["AccessKeyId"], secret=key["SecretAccessKey"])
        self.assertEqual(self.rows("SELECT count(*) FROM sales WHERE month = '01'", client=analyst), [["1500"]])
        self.fails("PERMISSION_DENIED", "SELECT count(*) FROM sales", client=analyst)
        self.fails("glue:DeleteTable", "DROP TABLE sales", client=analyst)


if __name__ == "__main__":
    unittest.main()
