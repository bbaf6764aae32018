"""Checks of S3 with boto3, one function each; prints ok or FAIL and exits 1 if any failed.

The server, its keys and its region come in the environment (clients_test.go).
What is expected here is what Amazon S3 answers.
"""
import base64, concurrent.futures, datetime, hashlib, io, json, os, sys, traceback
import urllib.error, urllib.parse, urllib.request, zlib
import http.client

import boto3, botocore
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore import UNSIGNED

URL, REGION = os.environ["S3_URL"], os.environ["S3_REGION"]
PARTITION = "aws-cn" if REGION.startswith("cn-") else "aws"
HOST = urllib.parse.urlparse(URL).netloc


def client(who="S3_ROOT", token=None, region=REGION, **config):
    config.setdefault("s3", {"addressing_style": "path"})
    config.setdefault("retries", {"max_attempts": 1})
    config.setdefault("max_pool_connections", 32)
    return boto3.client("s3", endpoint_url=URL, region_name=region, aws_access_key_id=os.environ[who],
                        aws_secret_access_key=os.environ["S3_SECRET"], aws_session_token=token,
                        config=Config(**config))


s3 = client()
checks = []


def check(f):
    checks.append(f)
    return f


def fails(code, call, *args, **kw):
    try:
        call(*args, **kw)
    except ClientError as e:
        got = e.response["Error"]["Code"]
        assert got == code, f"{got} instead of {code}: {e}"
        return e.response
    raise AssertionError(f"no error, expected {code}")


def fetch(url, **kw):
    """Opens a URL; an error shows what the server said."""
    try:
        return urllib.request.urlopen(urllib.request.Request(url, **kw))
    except urllib.error.HTTPError as e:
        raise AssertionError(f"{e.code}: {e.read()[:600]}") from None


n = 0


def bucket(**kw):
    global n
    n += 1
    name = f"bucket-{n}"
    if REGION != "us-east-1":
        kw["CreateBucketConfiguration"] = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=name, **kw)
    return name


def keys(b, **kw):
    out = []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=b, **kw):
        out += [o["Key"] for o in page.get("Contents", [])]
    return out


@check
def put_get_head_delete():
    b = bucket()
    r = s3.put_object(Bucket=b, Key="k", Body=b"hello", ContentType="text/x", Metadata={"Some-Key": "Value"})
    assert r["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'
    assert r["ChecksumCRC32"] == base64.b64encode(zlib.crc32(b"hello").to_bytes(4, "big")).decode()
    g = s3.get_object(Bucket=b, Key="k")
    assert g["Body"].read() == b"hello" and g["ContentType"] == "text/x" and g["Metadata"] == {"some-key": "Value"}
    h = s3.head_object(Bucket=b, Key="k")
    assert h["ContentLength"] == 5 and "VersionId" not in h
    s3.delete_object(Bucket=b, Key="k")
    fails("NoSuchKey", s3.get_object, Bucket=b, Key="k")
    fails("404", s3.head_object, Bucket=b, Key="k")


@check
def empty_object():
    b = bucket()
    s3.put_object(Bucket=b, Key="ticker=AAPL/_SUCCESS", Body=b"")
    g = s3.get_object(Bucket=b, Key="ticker=AAPL/_SUCCESS")
    assert g["Body"].read() == b"" and g["ETag"] == '"d41d8cd98f00b204e9800998ecf8427e"'


@check
def buckets():
    b = bucket()
    assert b in [x["Name"] for x in s3.list_buckets()["Buckets"]]
    loc = s3.get_bucket_location(Bucket=b).get("LocationConstraint")
    assert loc == (None if REGION == "us-east-1" else REGION), loc
    s3.head_bucket(Bucket=b)
    fails("404", s3.head_bucket, Bucket="no-such-bucket")
    fails("NoSuchBucket", s3.list_objects_v2, Bucket="no-such-bucket")
    fails("InvalidBucketName", s3.create_bucket, Bucket="bad..name")
    again = dict(Bucket=b)
    if REGION == "us-east-1":
        s3.create_bucket(**again)
    else:
        fails("BucketAlreadyOwnedByYou", s3.create_bucket, CreateBucketConfiguration={"LocationConstraint": REGION}, **again)
    s3.put_object(Bucket=b, Key="k", Body=b"")
    fails("BucketNotEmpty", s3.delete_bucket, Bucket=b)
    s3.delete_object(Bucket=b, Key="k")
    s3.delete_bucket(Bucket=b)
    fails("NoSuchBucket", s3.delete_bucket, Bucket=b)
    fails("InvalidLocationConstraint", s3.create_bucket, Bucket="elsewhere",
          CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})


@check
def odd_keys():
    b = bucket()
    odd = ["a", "a/b", "a//b", "a/", "/lead", "sp ace", "plus+", "pct%41", "pct%2F", "q?x=1&y", "h#ash", "é/股票/😀", "..dots/..x", "a/./b",
           "ticker=BRK%2FB/part-0", "tab\tkey", "\x01ctl", "<&>\"'", "x" * 1024, "semi;colon", "back\\slash", "~!$()*,:@[]^_`{|}"]
    for k in odd:
        s3.put_object(Bucket=b, Key=k, Body=k.encode())
    for k in odd:
        assert s3.get_object(Bucket=b, Key=k)["Body"].read() == k.encode(), k
    assert keys(b) == sorted(odd, key=lambda k: k.encode()), keys(b)
    fails("KeyTooLongError", s3.put_object, Bucket=b, Key="x" * 1025, Body=b"")
    r = s3.delete_objects(Bucket=b, Delete={"Objects": [{"Key": k} for k in odd if "\x01" not in k]})
    assert not r.get("Errors")
    s3.delete_object(Bucket=b, Key="\x01ctl")
    assert keys(b) == []


@check
def ranges():
    b = bucket()
    s3.put_object(Bucket=b, Key="k", Body=b"0123456789")
    get = lambda r: s3.get_object(Bucket=b, Key="k", Range=r)
    g = get("bytes=2-4")
    assert g["Body"].read() == b"234" and g["ContentRange"] == "bytes 2-4/10" and g["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert get("bytes=-3")["Body"].read() == b"789"
    assert get("bytes=7-")["Body"].read() == b"789"
    assert get("bytes=8-100")["Body"].read() == b"89"
    fails("InvalidRange", get, "bytes=10-")


@check
def conditional_reads():
    b = bucket()
    etag = s3.put_object(Bucket=b, Key="k", Body=b"x")["ETag"]
    when = s3.head_object(Bucket=b, Key="k")["LastModified"]
    s3.get_object(Bucket=b, Key="k", IfMatch=etag)
    fails("PreconditionFailed", s3.get_object, Bucket=b, Key="k", IfMatch='"nope"')
    fails("304", s3.get_object, Bucket=b, Key="k", IfNoneMatch=etag)
    fails("304", s3.get_object, Bucket=b, Key="k", IfModifiedSince=when)
    s3.get_object(Bucket=b, Key="k", IfUnmodifiedSince=when)
    fails("PreconditionFailed", s3.get_object, Bucket=b, Key="k", IfUnmodifiedSince=when - datetime.timedelta(hours=1))


@check
def conditional_writes():
    b = bucket()
    etag = s3.put_object(Bucket=b, Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    fails("PreconditionFailed", s3.put_object, Bucket=b, Key="k", Body=b"2", IfNoneMatch="*")
    etag = s3.put_object(Bucket=b, Key="k", Body=b"3", IfMatch=etag)["ETag"]
    fails("PreconditionFailed", s3.put_object, Bucket=b, Key="k", Body=b"4", IfMatch='"00000000000000000000000000000000"')
    fails("NoSuchKey", s3.put_object, Bucket=b, Key="none", Body=b"4", IfMatch=etag)
    assert s3.get_object(Bucket=b, Key="k")["Body"].read() == b"3"


@check
def if_none_match_race():
    b = bucket()

    def one(i):
        try:
            s3.put_object(Bucket=b, Key="lock", Body=str(i).encode() * 1000, IfNoneMatch="*")
            return i
        except ClientError as e:
            assert e.response["Error"]["Code"] == "PreconditionFailed", e
    for _ in range(5):
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            won = [i for i in pool.map(one, range(16)) if i is not None]
        assert len(won) == 1, won
        assert s3.get_object(Bucket=b, Key="lock")["Body"].read() == str(won[0]).encode() * 1000
        s3.delete_object(Bucket=b, Key="lock")


@check
def checksums():
    b = bucket()
    want = {"CRC32": None, "CRC32C": None, "CRC64NVME": None, "SHA1": hashlib.sha1(b"data").digest(), "SHA256": hashlib.sha256(b"data").digest()}
    for algo, digest in want.items():
        try:
            r = s3.put_object(Bucket=b, Key=algo, Body=b"data", ChecksumAlgorithm=algo)
        except botocore.exceptions.MissingDependencyException:
            continue
        field = "Checksum" + algo
        h = s3.head_object(Bucket=b, Key=algo, ChecksumMode="ENABLED")
        assert r[field] == h[field] and h["ChecksumType"] == "FULL_OBJECT", (algo, h)
        if digest:
            assert h[field] == base64.b64encode(digest).decode()
    fails("BadDigest", s3.put_object, Bucket=b, Key="bad", Body=b"data", ChecksumSHA256=base64.b64encode(b"\0" * 32).decode())
    fails("BadDigest", s3.put_object, Bucket=b, Key="bad", Body=b"data", ContentMD5=base64.b64encode(b"\0" * 16).decode())
    fails("404", s3.head_object, Bucket=b, Key="bad")
    # the published check value of CRC-64/NVME
    r = s3.put_object(Bucket=b, Key="nvme", Body=b"123456789", ChecksumCRC64NVME=base64.b64encode(bytes.fromhex("ae8b14860a799888")).decode())
    plain = client(request_checksum_calculation="when_required")
    plain.put_object(Bucket=b, Key="plain", Body=b"123456789")
    h = s3.head_object(Bucket=b, Key="plain", ChecksumMode="ENABLED")
    assert h["ChecksumCRC64NVME"] == r["ChecksumCRC64NVME"]


def raw(method, path, headers, body, region=REGION, payload=None, now=None, key=None):
    """One request signed by hand, for what boto3 does not send."""
    import hmac
    now = now or datetime.datetime.now(datetime.timezone.utc)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    payload = payload or hashlib.sha256(body).hexdigest()
    h = {"host": HOST, "x-amz-date": stamp, "x-amz-content-sha256": payload, **headers}
    path, _, query = path.partition("?")
    names = ";".join(sorted(h))
    canonical = "\n".join([method, path, query + "=" if query and "=" not in query else query] + [f"{k}:{h[k]}" for k in sorted(h)] + ["", names, payload])
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    k = ("AWS4" + os.environ["S3_SECRET"]).encode()
    for part in (day, region, "s3", "aws4_request"):
        k = hmac.new(k, part.encode(), hashlib.sha256).digest()
    sig = hmac.new(k, text.encode(), hashlib.sha256).hexdigest()
    h["Authorization"] = f"AWS4-HMAC-SHA256 Credential={key or os.environ['S3_ROOT']}/{scope}, SignedHeaders={names}, Signature={sig}"
    return h, sig, k, stamp, scope, path + ("?" + query if query else "")


def send(method, path, h, chunks):
    c = http.client.HTTPConnection(HOST, timeout=20)
    c.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for k, v in h.items():
        c.putheader(k, v)
    c.endheaders()
    for x in chunks:
        c.send(x)
    r = c.getresponse()
    return r.status, r.read().decode(), r.headers


@check
def streaming_signed_chunks():
    import hmac
    b = bucket()
    data = os.urandom(100_000)
    pieces = [data[:65536], data[65536:], b""]
    size = sum(len(p) + len(b"%x;chunk-signature=%s\r\n\r\n" % (len(p), b"0" * 64)) for p in pieces)
    h, prev, key, stamp, scope, path = raw("PUT", f"/{b}/ticker%3DBRK%252FB/part-0", {
        "x-amz-decoded-content-length": str(len(data)), "content-length": str(size)}, b"", payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    h["Expect"] = "100-continue"
    out = []
    for p in pieces:
        text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", stamp, scope, prev, hashlib.sha256(b"").hexdigest(), hashlib.sha256(p).hexdigest()])
        prev = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        out.append(b"%x;chunk-signature=%s\r\n" % (len(p), prev.encode()) + p + b"\r\n")
    status, text, _ = send("PUT", path, h, out)
    assert status == 200, text
    g = s3.get_object(Bucket=b, Key="ticker=BRK%2FB/part-0")
    assert g["Body"].read() == data and "ContentEncoding" not in g
    bad = [out[0].replace(out[0][-100:-90], b"0123456789"), *out[1:]]
    status, text, _ = send("PUT", path.replace("part-0", "part-1"), h, bad)
    assert status == 403 and "SignatureDoesNotMatch" in text, text
    assert keys(b) == ["ticker=BRK%2FB/part-0"]


def streamed(path, data, extra=()):
    """A PUT in signed chunks, as the AWS SDK for Java v1 sends it."""
    import hmac
    pieces = ([data] if data else []) + [b""]
    size = sum(len(p) + len(b"%x;chunk-signature=%s\r\n\r\n" % (len(p), b"0" * 64)) for p in pieces)
    h, prev, key, stamp, scope, path = raw("PUT", path, {
        "x-amz-decoded-content-length": str(len(data)), "content-length": str(size), **dict(extra)}, b"", payload="STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    out = []
    for p in pieces:
        text = "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", stamp, scope, prev, hashlib.sha256(b"").hexdigest(), hashlib.sha256(p).hexdigest()])
        prev = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        out.append(b"%x;chunk-signature=%s\r\n" % (len(p), prev.encode()) + p + b"\r\n")
    return send("PUT", path, {**h, "Expect": "100-continue"}, out)


@check
def hadoop_s3a():
    """What Flink 1.11's S3 sink sent, in its order (recorded): every header it signs, its paths and bodies."""
    b = bucket()
    common = {"amz-sdk-invocation-id": "7f", "amz-sdk-request": "attempt=1;max=21", "amz-sdk-retry": "0/0/500",
              "content-type": "application/octet-stream", "user-agent": "Hadoop 3.1.0, aws-sdk-java/1.11.788 Linux/6.18 scala/2.11.12"}
    md5 = lambda d: base64.b64encode(hashlib.md5(d).digest()).decode()

    def call(method, path, body=b"", **extra):
        h, *_, path = raw(method, path, {**common, **{k.replace("_", "-"): v for k, v in extra.items()}}, body)
        return send(method, path, {**h, "Connection": "Keep-Alive"}, [body] if body else [])
    folder = f"/{b}/ticker%3D%E8%82%A1%E7%A5%A8"
    assert call("HEAD", f"/{b}/")[0] == 200
    status, text, _ = call("POST", folder + "/part-u-0-0?uploads", content_length="0")
    assert status == 200, text
    up = text.split("<UploadId>")[1].split("<")[0]
    tail = b'16.77,"2021-06-01 10:01:00"\n'
    status, text, h = streamed(folder + "/_part-u-0-0_tmp_v", tail, {**common, "content-md5": md5(tail)}.items())
    assert status == 200 and h["ETag"] == f'"{hashlib.md5(tail).hexdigest()}"', text
    gone = "<Delete><Object><Key>ticker=股票/</Key></Object></Delete>".encode()
    status, text, _ = call("POST", f"/{b}/?delete", gone, content_type="application/xml", content_md5=md5(gone), content_length=str(len(gone)))
    assert status == 200 and "<Error>" not in text, text
    status, text, _ = call("GET", folder + "/_part-u-0-0_tmp_v", range="bytes=0-26")
    assert (status, text.encode()) == (206, tail[:27])
    assert call("HEAD", folder + "/_part-u-0-0_tmp_v")[0] == 200
    assert call("DELETE", folder + "/_part-u-0-0_tmp_v")[0] == 204
    assert call("HEAD", folder)[0] == 404 and call("HEAD", folder + "/")[0] == 404
    status, text, _ = call("GET", f"/{b}/?delimiter=%2F&fetch-owner=false&list-type=2&max-keys=1&prefix=ticker%3D%E8%82%A1%E7%A5%A8%2F")
    assert status == 200 and "<KeyCount>0</KeyCount>" in text, text
    status, text, _ = streamed(folder + "/_SUCCESS", b"", {**common, "content-md5": md5(b"")}.items())
    assert status == 200, text
    status, text, h = streamed(folder + f"/part-u-0-0?partNumber=1&uploadId={up}", tail, common.items())
    assert status == 200, text
    assert keys(b) == ["ticker=股票/_SUCCESS"]
    done = f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{h['ETag']}</ETag></Part></CompleteMultipartUpload>".replace('"', "").encode()
    status, text, _ = call("POST", folder + f"/part-u-0-0?uploadId={up}", done, content_type="application/xml", content_length=str(len(done)))
    assert status == 200 and "<Error>" not in text, text
    assert s3.get_object(Bucket=b, Key="ticker=股票/part-u-0-0")["Body"].read() == tail


@check
def unsigned_trailer():
    b = bucket()
    data = b"a trailer follows"
    crc = base64.b64encode(zlib.crc32(data).to_bytes(4, "big"))

    def put(crc, k):
        body = b"%x\r\n" % len(data) + data + b"\r\n0\r\nx-amz-checksum-crc32:" + crc + b"\r\n\r\n"
        h, *_, path = raw("PUT", f"/{b}/{k}", {
            "content-encoding": "aws-chunked", "x-amz-trailer": "x-amz-checksum-crc32", "content-length": str(len(body)),
            "x-amz-decoded-content-length": str(len(data))}, b"", payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        return send("PUT", path, h, [body])
    status, text, headers = put(crc, "k")
    assert status == 200 and headers["x-amz-checksum-crc32"] == crc.decode(), (status, text)
    g = s3.get_object(Bucket=b, Key="k")
    assert g["Body"].read() == data and "ContentEncoding" not in g
    status, text, _ = put(b"AAAAAA==", "bad")
    assert status == 400 and "BadDigest" in text, text
    assert keys(b) == ["k"]


@check
def content_encoding_kept():
    b = bucket()
    s3.put_object(Bucket=b, Key="k", Body=b"x" * 100, ContentEncoding="gzip", CacheControl="no-cache", ContentLanguage="de",
                  ContentDisposition="attachment", Expires=datetime.datetime(2030, 1, 1))
    h = s3.head_object(Bucket=b, Key="k")
    assert h["ContentEncoding"] == "gzip" and h["CacheControl"] == "no-cache" and h["ContentLanguage"] == "de"
    assert h["ContentDisposition"] == "attachment" and h["ExpiresString"].startswith("Tue, 01 Jan 2030")


@check
def presigned():
    b = bucket()
    v4 = client(signature_version="s3v4")
    url = v4.generate_presigned_url("put_object", {"Bucket": b, "Key": "dir/a b+c"}, 60)
    req = urllib.request.Request(url, data=b"presigned", method="PUT")
    assert urllib.request.urlopen(req).status == 200
    url = v4.generate_presigned_url("get_object", {"Bucket": b, "Key": "dir/a b+c", "ResponseContentType": "text/q"}, 60)
    with urllib.request.urlopen(url) as r:
        assert r.read() == b"presigned" and r.headers["Content-Type"] == "text/q"
    for bad in (url.replace("a%20b", "a%20c"), url[:-3] + "abc"):
        try:
            urllib.request.urlopen(bad)
            raise AssertionError("a changed URL was taken")
        except urllib.error.HTTPError as e:
            assert e.code == 403, e
    post = v4.generate_presigned_post(b, "form-f.txt")
    body, mark = b"", b"xxBOUNDARYxx"
    for k, v in post["fields"].items():
        body += b"--" + mark + f'\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
    body += b"--" + mark + b'\r\nContent-Disposition: form-data; name="file"; filename="f.txt"\r\n\r\nform data\r\n--' + mark + b"--\r\n"
    req = urllib.request.Request(post["url"], data=body, headers={"Content-Type": "multipart/form-data; boundary=" + mark.decode()})
    assert urllib.request.urlopen(req).status == 204
    assert s3.get_object(Bucket=b, Key="form-f.txt")["Body"].read() == b"form data"


@check
def presigned_version_2():
    b = bucket()
    v2 = client(signature_version="s3")
    url = v2.generate_presigned_url("put_object", {"Bucket": b, "Key": "dir/a b+é", "ContentType": "text/v2"}, 60)
    assert "AWSAccessKeyId" in url
    assert fetch(url, data=b"v2", method="PUT", headers={"Content-Type": "text/v2"}).status == 200
    url = v2.generate_presigned_url("get_object", {"Bucket": b, "Key": "dir/a b+é", "ResponseContentType": "text/q"}, 60)
    with fetch(url) as r:
        assert r.read() == b"v2" and r.headers["Content-Type"] == "text/q"
    session = client("S3_SESSION", token=os.environ["S3_TOKEN"], signature_version="s3")
    s3.put_object(Bucket=b, Key="data/x", Body=b"x")
    assert fetch(session.generate_presigned_url("get_object", {"Bucket": b, "Key": "data/x"}, 60)).read() == b"x"
    for bad, why in ((url.replace("a%20b", "a%20c"), b"SignatureDoesNotMatch"),
                     (v2.generate_presigned_url("get_object", {"Bucket": b, "Key": "k"}, -60), b"Request has expired"),
                     (client("S3_ALICE", signature_version="s3").generate_presigned_url("delete_object", {"Bucket": b, "Key": "data/x"}, 60), b"AccessDenied")):
        try:
            urllib.request.urlopen(urllib.request.Request(bad, method="DELETE" if b"AccessD" in why else "GET"))
            raise AssertionError("taken: " + bad)
        except urllib.error.HTTPError as e:
            assert e.code == 403 and why in e.read(), (why, e)


@check
def listing():
    b = bucket()
    for k in ["a/1", "a/2", "b", "c/x/1", "c/y", "d"]:
        s3.put_object(Bucket=b, Key=k, Body=b"")
    r = s3.list_objects_v2(Bucket=b, Delimiter="/")
    assert [o["Key"] for o in r["Contents"]] == ["b", "d"] and [p["Prefix"] for p in r["CommonPrefixes"]] == ["a/", "c/"]
    assert r["KeyCount"] == 4
    r = s3.list_objects_v2(Bucket=b, Delimiter="/", Prefix="c/")
    assert [o["Key"] for o in r["Contents"]] == ["c/y"] and [p["Prefix"] for p in r["CommonPrefixes"]] == ["c/x/"]
    seen, prefixes = [], []
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=b, Delimiter="/", PaginationConfig={"PageSize": 1}):
        seen += [o["Key"] for o in page.get("Contents", [])]
        prefixes += [p["Prefix"] for p in page.get("CommonPrefixes", [])]
    assert seen == ["b", "d"] and prefixes == ["a/", "c/"], (seen, prefixes)
    seen, prefixes = [], []
    for page in s3.get_paginator("list_objects").paginate(Bucket=b, Delimiter="/", PaginationConfig={"PageSize": 1}):
        seen += [o["Key"] for o in page.get("Contents", [])]
        prefixes += [p["Prefix"] for p in page.get("CommonPrefixes", [])]
    assert seen == ["b", "d"] and prefixes == ["a/", "c/"], (seen, prefixes)
    r = s3.list_objects(Bucket=b, Marker="a/2", MaxKeys=2)
    assert [o["Key"] for o in r["Contents"]] == ["b", "c/x/1"] and r["IsTruncated"] and r["NextMarker"] == "c/x/1"
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=b, StartAfter="c/x/1")["Contents"]] == ["c/y", "d"]
    assert s3.list_objects_v2(Bucket=b, MaxKeys=0)["KeyCount"] == 0
    o = s3.list_objects_v2(Bucket=b, FetchOwner=True)["Contents"][0]
    assert o["Owner"]["ID"] and o["StorageClass"] == "STANDARD" and o["Size"] == 0


@check
def delete_many():
    b = bucket()
    for k in ["x/1", "x/2", "y"]:
        s3.put_object(Bucket=b, Key=k, Body=b"1")
    # hadoop-s3a deletes the "directory" of every object it writes
    r = s3.delete_objects(Bucket=b, Delete={"Objects": [{"Key": "x/"}, {"Key": "x"}, {"Key": "never"}]})
    assert sorted(d["Key"] for d in r["Deleted"]) == ["never", "x", "x/"] and "Errors" not in r, r
    assert keys(b) == ["x/1", "x/2", "y"]
    r = s3.delete_objects(Bucket=b, Delete={"Objects": [{"Key": "x/1"}, {"Key": "x/1"}, {"Key": "y"}], "Quiet": True})
    assert not r.get("Deleted") and not r.get("Errors"), r
    assert keys(b) == ["x/2"]
    many = [{"Key": f"never/{i}"} for i in range(1000)]
    assert len(s3.delete_objects(Bucket=b, Delete={"Objects": many})["Deleted"]) == 1000
    s3.put_object(Bucket=b, Key="never/1", Body=b"")
    fails("MalformedXML", s3.delete_objects, Bucket=b, Delete={"Objects": many + [{"Key": "one/more"}]})
    assert "never/1" in keys(b)


@check
def copy():
    b, c = bucket(), bucket()
    s3.put_object(Bucket=b, Key="src/a b+é", Body=b"copy me", ContentType="text/a", Metadata={"m": "1"}, Tagging="t=1")
    src = {"Bucket": b, "Key": "src/a b+é"}
    r = s3.copy_object(Bucket=c, Key="dst", CopySource=src)
    g = s3.get_object(Bucket=c, Key="dst")
    assert g["Body"].read() == b"copy me" and g["ContentType"] == "text/a" and g["Metadata"] == {"m": "1"} 
    assert r["CopyObjectResult"]["ETag"] == g["ETag"], (r, g)
    assert s3.get_object_tagging(Bucket=c, Key="dst")["TagSet"] == [{"Key": "t", "Value": "1"}]
    s3.copy_object(Bucket=c, Key="dst", CopySource=src, MetadataDirective="REPLACE", ContentType="text/b", Metadata={"n": "2"}, TaggingDirective="REPLACE", Tagging="u=2")
    h = s3.head_object(Bucket=c, Key="dst")
    assert h["ContentType"] == "text/b" and h["Metadata"] == {"n": "2"}
    s3.delete_object(Bucket=b, Key="src/a b+é")
    assert s3.get_object(Bucket=c, Key="dst")["Body"].read() == b"copy me"
    fails("NoSuchKey", s3.copy_object, Bucket=c, Key="dst2", CopySource=src)
    fails("InvalidRequest", s3.copy_object, Bucket=c, Key="dst", CopySource={"Bucket": c, "Key": "dst"})
    s3.copy_object(Bucket=c, Key="dst", CopySource={"Bucket": c, "Key": "dst"}, MetadataDirective="REPLACE", Metadata={"o": "3"})
    assert s3.get_object(Bucket=c, Key="dst")["Body"].read() == b"copy me"
    fails("PreconditionFailed", s3.copy_object, Bucket=c, Key="d3", CopySource={"Bucket": c, "Key": "dst"}, CopySourceIfMatch='"x"')


@check
def multipart():
    b = bucket()
    part = os.urandom(5 * 1024 * 1024)
    up = s3.create_multipart_upload(Bucket=b, Key="big", ContentType="text/big", Metadata={"m": "p"}, Tagging="a=b")["UploadId"]
    etags = []
    for i, data in ((2, b"the end"), (1, part)):
        r = s3.upload_part(Bucket=b, Key="big", UploadId=up, PartNumber=i, Body=data)
        etags.append({"PartNumber": i, "ETag": r["ETag"], "ChecksumCRC32": r.get("ChecksumCRC32")})
    etags.sort(key=lambda e: e["PartNumber"])
    assert keys(b) == []
    assert [u["Key"] for u in s3.list_multipart_uploads(Bucket=b)["Uploads"]] == ["big"]
    assert [(p["PartNumber"], p["Size"]) for p in s3.list_parts(Bucket=b, Key="big", UploadId=up)["Parts"]] == [(1, len(part)), (2, 7)]
    fails("InvalidPart", s3.complete_multipart_upload, Bucket=b, Key="big", UploadId=up,
          MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": '"00000000000000000000000000000000"'}]})
    fails("InvalidPartOrder", s3.complete_multipart_upload, Bucket=b, Key="big", UploadId=up, MultipartUpload={"Parts": etags[::-1]})
    r = s3.complete_multipart_upload(Bucket=b, Key="big", UploadId=up, MultipartUpload={"Parts": etags})
    want = hashlib.md5(hashlib.md5(part).digest() + hashlib.md5(b"the end").digest()).hexdigest()
    assert r["ETag"] == f'"{want}-2"' and r["Location"].endswith("big")
    g = s3.get_object(Bucket=b, Key="big")
    assert g["Body"].read() == part + b"the end" and g["ContentType"] == "text/big" and g["Metadata"] == {"m": "p"}
    assert s3.get_object(Bucket=b, Key="big", Range=f"bytes={len(part) - 2}-{len(part) + 2}")["Body"].read() == part[-2:] + b"the"
    g = s3.get_object(Bucket=b, Key="big", PartNumber=2)
    assert g["Body"].read() == b"the end" and g["PartsCount"] == 2
    a = s3.get_object_attributes(Bucket=b, Key="big", ObjectAttributes=["ETag", "ObjectSize", "ObjectParts", "Checksum"])
    assert a["ObjectSize"] == len(part) + 7 and a["ETag"] == want + "-2", a
    fails("NoSuchUpload", s3.upload_part, Bucket=b, Key="big", UploadId=up, PartNumber=3, Body=b"late")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=b)


@check
def multipart_small_and_abort():
    b = bucket()
    up = s3.create_multipart_upload(Bucket=b, Key="k")["UploadId"]
    es = [{"PartNumber": i, "ETag": s3.upload_part(Bucket=b, Key="k", UploadId=up, PartNumber=i, Body=b"tiny")["ETag"]} for i in (1, 2)]
    fails("EntityTooSmall", s3.complete_multipart_upload, Bucket=b, Key="k", UploadId=up, MultipartUpload={"Parts": es})
    s3.abort_multipart_upload(Bucket=b, Key="k", UploadId=up)
    fails("NoSuchUpload", s3.list_parts, Bucket=b, Key="k", UploadId=up)
    fails("NoSuchUpload", s3.abort_multipart_upload, Bucket=b, Key="k", UploadId=up)
    up = s3.create_multipart_upload(Bucket=b, Key="one")["UploadId"]
    e = s3.upload_part(Bucket=b, Key="one", UploadId=up, PartNumber=7, Body=b"only")["ETag"]
    s3.complete_multipart_upload(Bucket=b, Key="one", UploadId=up, MultipartUpload={"Parts": [{"PartNumber": 7, "ETag": e}]})
    assert s3.get_object(Bucket=b, Key="one")["Body"].read() == b"only"


@check
def multipart_checksums():
    b = bucket()
    part = b"q" * (5 << 20)
    for algo, kind in (("SHA256", "COMPOSITE"), ("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT")):
        up = s3.create_multipart_upload(Bucket=b, Key=algo + kind, ChecksumAlgorithm=algo, ChecksumType=kind)["UploadId"]
        ps = []
        for i, data in ((1, part), (2, b"tail")):
            r = s3.upload_part(Bucket=b, Key=algo + kind, UploadId=up, PartNumber=i, Body=data, ChecksumAlgorithm=algo)
            ps.append({"PartNumber": i, "ETag": r["ETag"], "Checksum" + algo: r["Checksum" + algo]})
        r = s3.complete_multipart_upload(Bucket=b, Key=algo + kind, UploadId=up, MultipartUpload={"Parts": ps})
        if kind == "FULL_OBJECT":
            want = base64.b64encode(zlib.crc32(part + b"tail").to_bytes(4, "big")).decode()
        else:
            f = (lambda d: hashlib.sha256(d).digest()) if algo == "SHA256" else (lambda d: zlib.crc32(d).to_bytes(4, "big"))
            want = base64.b64encode(f(f(part) + f(b"tail"))).decode() + "-2"
        assert r["Checksum" + algo] == want, (algo, kind, r)
        h = s3.head_object(Bucket=b, Key=algo + kind, ChecksumMode="ENABLED")
        assert h["Checksum" + algo] == want and h["ChecksumType"] == kind


@check
def upload_part_copy():
    b = bucket()
    data = os.urandom(6 << 20)
    s3.put_object(Bucket=b, Key="src", Body=data)
    up = s3.create_multipart_upload(Bucket=b, Key="dst")["UploadId"]
    src = {"Bucket": b, "Key": "src"}
    e1 = s3.upload_part_copy(Bucket=b, Key="dst", UploadId=up, PartNumber=1, CopySource=src, CopySourceRange=f"bytes=0-{(5 << 20) - 1}")
    e2 = s3.upload_part_copy(Bucket=b, Key="dst", UploadId=up, PartNumber=2, CopySource=src, CopySourceRange=f"bytes={5 << 20}-{(6 << 20) - 1}")
    s3.complete_multipart_upload(Bucket=b, Key="dst", UploadId=up, MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": e1["CopyPartResult"]["ETag"]}, {"PartNumber": 2, "ETag": e2["CopyPartResult"]["ETag"]}]})
    assert s3.get_object(Bucket=b, Key="dst")["Body"].read() == data


@check
def transfer_manager():
    b = bucket()
    data = os.urandom(20 << 20)
    s3.upload_fileobj(io.BytesIO(data), b, "up")
    out = io.BytesIO()
    s3.download_fileobj(b, "up", out)
    assert out.getvalue() == data
    s3.copy({"Bucket": b, "Key": "up"}, b, "up2")
    assert s3.get_object(Bucket=b, Key="up2")["Body"].read() == data


@check
def versioning():
    b = bucket()
    s3.put_object(Bucket=b, Key="k", Body=b"null")
    assert "Status" not in s3.get_bucket_versioning(Bucket=b)
    s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={"Status": "Enabled"})
    v1 = s3.put_object(Bucket=b, Key="k", Body=b"one")["VersionId"]
    v2 = s3.put_object(Bucket=b, Key="k", Body=b"two")["VersionId"]
    assert v1 != v2
    get = lambda **kw: s3.get_object(Bucket=b, Key="k", **kw)["Body"].read()
    assert (get(), get(VersionId=v1), get(VersionId="null")) == (b"two", b"one", b"null")
    d = s3.delete_object(Bucket=b, Key="k")
    assert d["DeleteMarker"] and d["VersionId"]
    r = fails("NoSuchKey", s3.get_object, Bucket=b, Key="k")
    assert r["ResponseMetadata"]["HTTPHeaders"]["x-amz-delete-marker"] == "true"
    fails("MethodNotAllowed", s3.get_object, Bucket=b, Key="k", VersionId=d["VersionId"])
    assert keys(b) == [] and get(VersionId=v2) == b"two"
    r = s3.list_object_versions(Bucket=b)
    assert [v["VersionId"] for v in r["Versions"]] == [v2, v1, "null"] and not any(v["IsLatest"] for v in r["Versions"])
    assert [m["VersionId"] for m in r["DeleteMarkers"]] == [d["VersionId"]] and r["DeleteMarkers"][0]["IsLatest"]
    paged = []
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=b, PaginationConfig={"PageSize": 1}):
        paged += page.get("Versions", []) + page.get("DeleteMarkers", [])
    assert [v["VersionId"] for v in paged] == [d["VersionId"], v2, v1, "null"] and [v["IsLatest"] for v in paged] == [True, False, False, False]
    u = s3.delete_object(Bucket=b, Key="k", VersionId=d["VersionId"])
    assert u["DeleteMarker"] and get() == b"two"
    s3.delete_object(Bucket=b, Key="k", VersionId=v2)
    assert get() == b"one"
    fails("NoSuchVersion", s3.get_object, Bucket=b, Key="k", VersionId=v2)
    s3.copy_object(Bucket=b, Key="k", CopySource={"Bucket": b, "Key": "k", "VersionId": "null"})
    assert get() == b"null"
    s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={"Status": "Suspended"})
    r = s3.put_object(Bucket=b, Key="k", Body=b"null2")
    assert get() == b"null2" == get(VersionId="null")
    assert s3.delete_object(Bucket=b, Key="k")["VersionId"] == "null"
    fails("NoSuchKey", s3.get_object, Bucket=b, Key="k")
    r = s3.list_object_versions(Bucket=b)
    r = s3.delete_objects(Bucket=b, Delete={"Objects": [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in r["Versions"] + r["DeleteMarkers"]]})
    assert "Errors" not in r
    s3.delete_bucket(Bucket=b)


@check
def tagging():
    b = bucket()
    fails("NoSuchTagSet", s3.get_bucket_tagging, Bucket=b)
    tags = {"TagSet": [{"Key": "k", "Value": "v"}]}
    s3.put_bucket_tagging(Bucket=b, Tagging=tags)
    assert s3.get_bucket_tagging(Bucket=b)["TagSet"] == tags["TagSet"]
    s3.delete_bucket_tagging(Bucket=b)
    fails("NoSuchTagSet", s3.get_bucket_tagging, Bucket=b)
    s3.put_object(Bucket=b, Key="o", Body=b"", Tagging="a=1&b=%20x")
    assert s3.get_object(Bucket=b, Key="o")["TagCount"] == 2
    assert {t["Key"]: t["Value"] for t in s3.get_object_tagging(Bucket=b, Key="o")["TagSet"]} == {"a": "1", "b": " x"}
    s3.put_object_tagging(Bucket=b, Key="o", Tagging=tags)
    assert s3.get_object_tagging(Bucket=b, Key="o")["TagSet"] == tags["TagSet"]
    s3.delete_object_tagging(Bucket=b, Key="o")
    assert s3.get_object_tagging(Bucket=b, Key="o")["TagSet"] == []


@check
def configurations():
    b = bucket()
    block = s3.get_public_access_block(Bucket=b)["PublicAccessBlockConfiguration"]
    assert all(block.values()) and len(block) == 4
    s3.put_public_access_block(Bucket=b, PublicAccessBlockConfiguration={**block, "BlockPublicAcls": False})
    assert s3.get_public_access_block(Bucket=b)["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is False
    s3.delete_public_access_block(Bucket=b)
    fails("NoSuchPublicAccessBlockConfiguration", s3.get_public_access_block, Bucket=b)
    fails("ServerSideEncryptionConfigurationNotFoundError", s3.get_bucket_encryption, Bucket=b)
    rule = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(Bucket=b, ServerSideEncryptionConfiguration=rule)
    assert s3.get_bucket_encryption(Bucket=b)["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    s3.delete_bucket_encryption(Bucket=b)
    fails("NoSuchLifecycleConfiguration", s3.get_bucket_lifecycle_configuration, Bucket=b)
    s3.put_bucket_lifecycle_configuration(Bucket=b, LifecycleConfiguration={"Rules": [
        {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}]})
    assert s3.get_bucket_lifecycle_configuration(Bucket=b)["Rules"][0]["ID"] == "r"
    s3.delete_bucket_lifecycle(Bucket=b)
    fails("NoSuchLifecycleConfiguration", s3.get_bucket_lifecycle_configuration, Bucket=b)
    assert s3.get_bucket_ownership_controls(Bucket=b)["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=b)
    assert "Status" not in s3.get_bucket_accelerate_configuration(Bucket=b)
    assert s3.get_bucket_request_payment(Bucket=b)["Payer"] == "BucketOwner"
    s3.get_bucket_notification_configuration(Bucket=b)
    fails("ReplicationConfigurationNotFoundError", s3.get_bucket_replication, Bucket=b)
    fails("ObjectLockConfigurationNotFoundError", s3.get_object_lock_configuration, Bucket=b)
    fails("NoSuchCORSConfiguration", s3.get_bucket_cors, Bucket=b)
    fails("NoSuchWebsiteConfiguration", s3.get_bucket_website, Bucket=b)
    fails("NotImplemented", s3.put_bucket_notification_configuration, Bucket=b, NotificationConfiguration={
        "QueueConfigurations": [{"QueueArn": "arn:aws:sqs:us-east-1:012345678901:q", "Events": ["s3:ObjectCreated:*"]}]})
    assert s3.get_bucket_acl(Bucket=b)["Owner"]["ID"]
    s3.put_object(Bucket=b, Key="o", Body=b"")
    assert s3.get_object_acl(Bucket=b, Key="o")["Grants"][0]["Permission"] == "FULL_CONTROL"


@check
def policies():
    b = bucket()
    fails("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket=b)
    alice = client("S3_ALICE")
    s3.put_object(Bucket=b, Key="shared/x", Body=b"x")
    fails("AccessDenied", alice.put_object, Bucket=b, Key="shared/y", Body=b"y")
    doc = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:{PARTITION}:iam::012345678901:user/alice"}, "Action": "s3:PutObject", "Resource": f"arn:{PARTITION}:s3:::{b}/shared/*"},
        {"Effect": "Deny", "Principal": {"AWS": f"arn:{PARTITION}:iam::012345678901:user/alice"}, "Action": "s3:GetObject", "Resource": f"arn:{PARTITION}:s3:::{b}/shared/x"}]}
    s3.put_bucket_policy(Bucket=b, Policy=json.dumps(doc))
    assert json.loads(s3.get_bucket_policy(Bucket=b)["Policy"]) == doc
    assert s3.get_bucket_policy_status(Bucket=b)["PolicyStatus"]["IsPublic"] is False
    alice.put_object(Bucket=b, Key="shared/y", Body=b"y")
    r = fails("AccessDenied", alice.get_object, Bucket=b, Key="shared/x")
    assert r["Error"]["Message"].endswith("with an explicit deny in a resource-based policy"), r
    public = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:{PARTITION}:s3:::{b}/*"}]}
    fails("AccessDenied", s3.put_bucket_policy, Bucket=b, Policy=json.dumps(public))
    fails("MalformedPolicy", s3.put_bucket_policy, Bucket=b, Policy="{}")
    s3.delete_bucket_policy(Bucket=b)
    fails("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket=b)
    anonymous = boto3.client("s3", endpoint_url=URL, region_name=REGION, config=Config(signature_version=UNSIGNED, s3={"addressing_style": "path"}))
    fails("AccessDenied", anonymous.get_object, Bucket=b, Key="shared/x")
    s3.delete_public_access_block(Bucket=b)
    s3.put_bucket_policy(Bucket=b, Policy=json.dumps(public))
    assert anonymous.get_object(Bucket=b, Key="shared/x")["Body"].read() == b"x"
    s3.put_public_access_block(Bucket=b, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    fails("AccessDenied", anonymous.get_object, Bucket=b, Key="shared/x")


@check
def identity_policies():
    b = bucket()
    s3.put_object(Bucket=b, Key="public/x", Body=b"x")
    s3.put_object(Bucket=b, Key="denied", Body=b"x")
    alice = client("S3_ALICE")
    assert alice.get_object(Bucket=b, Key="public/x")["Body"].read() == b"x"
    assert alice.list_objects_v2(Bucket=b, Prefix="public/")["KeyCount"] == 1
    r = fails("AccessDenied", alice.list_objects_v2, Bucket=b)
    assert r["Error"]["Message"] == (f'User: arn:{PARTITION}:iam::012345678901:user/alice is not authorized to perform: s3:ListBucket '
                                     f'on resource: "arn:{PARTITION}:s3:::{b}" because no identity-based policy allows the s3:ListBucket action'), r
    r = fails("AccessDenied", alice.get_object, Bucket=b, Key="denied")
    assert r["Error"]["Message"].endswith("with an explicit deny in an identity-based policy"), r
    for f, kw in ((alice.put_object, {"Key": "n", "Body": b""}), (alice.delete_object, {"Key": "public/x"}), (alice.delete_bucket, {}),
                  (alice.get_bucket_policy, {}), (alice.put_bucket_versioning, {"VersioningConfiguration": {"Status": "Enabled"}}),
                  (alice.get_public_access_block, {}), (alice.create_multipart_upload, {"Key": "n"})):
        fails("AccessDenied", f, Bucket=b, **kw)
    fails("AccessDenied", alice.create_bucket, Bucket="alices", **({} if REGION == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": REGION}}))
    fails("AccessDenied", alice.list_buckets)
    fails("AccessDenied", alice.copy_object, Bucket=b, Key="public/y", CopySource={"Bucket": b, "Key": "public/x"})
    r = alice.delete_objects(Bucket=b, Delete={"Objects": [{"Key": "public/x"}]})
    assert r["Errors"][0]["Code"] == "AccessDenied" and keys(b) == ["denied", "public/x"]


@check
def sessions():
    b = bucket()
    s3.put_object(Bucket=b, Key="data/x", Body=b"x")
    good = client("S3_SESSION", token=os.environ["S3_TOKEN"])
    assert good.get_object(Bucket=b, Key="data/x")["Body"].read() == b"x"
    fails("AccessDenied", good.put_object, Bucket=b, Key="data/y", Body=b"")  # the role may, the session may not
    url = client("S3_SESSION", token=os.environ["S3_TOKEN"], signature_version="s3v4").generate_presigned_url("get_object", {"Bucket": b, "Key": "data/x"})
    assert urllib.request.urlopen(url).read() == b"x"
    fails("InvalidToken", client("S3_SESSION", token="wrong").get_object, Bucket=b, Key="data/x")
    fails("InvalidToken", client("S3_SESSION").get_object, Bucket=b, Key="data/x")
    fails("ExpiredToken", client("S3_OLD", token=os.environ["S3_TOKEN"]).get_object, Bucket=b, Key="data/x")


@check
def signatures():
    b = bucket()
    os.environ["S3_NOBODY"] = "AKIANOBODYNOBODYNOBO"
    fails("InvalidAccessKeyId", client("S3_NOBODY").list_objects_v2, Bucket=b)
    wrong = boto3.client("s3", endpoint_url=URL, region_name=REGION, aws_access_key_id=os.environ["S3_ROOT"], aws_secret_access_key="wrong",
                         config=Config(s3={"addressing_style": "path"}))
    fails("SignatureDoesNotMatch", wrong.list_objects_v2, Bucket=b)
    late = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=20)
    h, *_, path = raw("GET", f"/{b}/k", {}, b"", now=late)
    status, text, _ = send("GET", path, h, [])
    assert status == 403 and "RequestTimeTooSkewed" in text, text
    h, *_, path = raw("PUT", f"/{b}/k", {"content-length": "4"}, b"sent")
    status, text, _ = send("PUT", path, h, [b"else"])
    assert status == 400 and "XAmzContentSHA256Mismatch" in text, text
    assert keys(b) == []


@check
def wrong_region():
    b = bucket()
    h, *_, path = raw("GET", f"/{b}/k", {}, b"", region="eu-west-1")
    status, text, _ = send("GET", path, h, [])
    assert status == 400 and "<Code>AuthorizationHeaderMalformed</Code>" in text and f"<Region>{REGION}</Region>" in text, text
    s3.put_object(Bucket=b, Key="k", Body=b"redirected")
    far = client(region="eu-west-1")  # boto3 asks where the bucket lives and goes there
    assert far.get_object(Bucket=b, Key="k")["Body"].read() == b"redirected"


@check
def virtual_host():
    b = bucket()
    s3.put_object(Bucket=b, Key="dir/k é", Body=b"host")
    suffix = "amazonaws.com.cn" if PARTITION == "aws-cn" else "amazonaws.com"
    global HOST
    real = HOST
    for host in (f"{b}.s3.{REGION}.{suffix}", f"{b}.localhost:4566", f"{b}.s3.localhost.localstack.cloud:4566"):
        HOST = host
        h, *_, path = raw("GET", "/dir/k%20%C3%A9", {}, b"")
        q, *_, qpath = raw("GET", "/?tagging=", {}, b"")
        v, *_, vpath = raw("GET", "/?publicAccessBlock=", {}, b"")
        HOST = real
        status, text, _ = send("GET", path, h, [])
        assert (status, text) == (200, "host"), (host, status, text)
        status, text, _ = send("GET", qpath, q, [])
        assert status == 404 and "NoSuchTagSet" in text, (host, text)
        status, text, _ = send("GET", vpath, v, [])
        assert status == 200 and "RestrictPublicBuckets" in text, (host, text)


@check
def list_uploads():
    b = bucket()
    made = []
    for k in ["m/1", "m/1", "m/2", "n"]:
        made.append((k, s3.create_multipart_upload(Bucket=b, Key=k)["UploadId"]))
    got = []
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=b, PaginationConfig={"PageSize": 1}):
        got += [(u["Key"], u["UploadId"]) for u in page.get("Uploads", [])]
    assert got == made, (got, made)
    r = s3.list_multipart_uploads(Bucket=b, Delimiter="/")
    assert [p["Prefix"] for p in r["CommonPrefixes"]] == ["m/"] and [u["Key"] for u in r["Uploads"]] == ["n"]


@check
def overwrite_while_reading():
    b = bucket()
    old, new = os.urandom(8 << 20), os.urandom(8 << 20)
    s3.put_object(Bucket=b, Key="k", Body=old)
    body = s3.get_object(Bucket=b, Key="k")["Body"]
    head = body.read(1000)
    s3.put_object(Bucket=b, Key="k", Body=new)
    assert head + body.read() == old
    assert s3.get_object(Bucket=b, Key="k")["Body"].read() == new


@check
def many_at_once():
    b = bucket()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda i: s3.put_object(Bucket=b, Key=f"k{i:04d}", Body=str(i).encode()), range(400)))
        got = list(pool.map(lambda i: s3.get_object(Bucket=b, Key=f"k{i:04d}")["Body"].read(), range(400)))
    assert got == [str(i).encode() for i in range(400)]
    assert keys(b, PaginationConfig={"PageSize": 37}) == [f"k{i:04d}" for i in range(400)]


@check
def expected_owner():
    b = bucket()
    s3.put_object(Bucket=b, Key="k", Body=b"", ExpectedBucketOwner="012345678901")
    fails("AccessDenied", s3.put_object, Bucket=b, Key="k", Body=b"", ExpectedBucketOwner="111111111111")


@check
def cors():
    b = bucket()
    rules = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"], "AllowedHeaders": ["*"]}]}
    s3.put_bucket_cors(Bucket=b, CORSConfiguration=rules)
    assert s3.get_bucket_cors(Bucket=b)["CORSRules"][0]["AllowedOrigins"] == ["https://example.com"]
    c = http.client.HTTPConnection(HOST)
    c.request("OPTIONS", f"/{b}/k", headers={"Origin": "https://example.com", "Access-Control-Request-Method": "GET"})
    r = c.getresponse()
    assert r.status == 200 and r.headers["Access-Control-Allow-Origin"] == "https://example.com", r.status


failed = 0
only = sys.argv[1:]
for f in checks:
    if only and f.__name__ not in only:
        continue
    try:
        f()
        print("ok  ", f.__name__)
    except Exception as e:
        failed += 1
        print("FAIL", f.__name__, "".join(traceback.format_exception(e)[-3:]))
print(f"{len(checks) - failed} of {len(checks)}, boto3 {boto3.__version__}")
sys.exit(1 if failed else 0)
