# What people do with the AWS CLI, in a folder of its own; any difference ends it.
set -euo pipefail
cd "$1"
fail() { echo "FAIL: $*"; exit 1; }

aws s3 mb s3://cli-bucket
mkdir -p tree/ticker=AAPL "tree/with space"
head -c 20000000 /dev/urandom > tree/big.bin
echo '16.77,"2021-06-01 10:01:00"' > tree/ticker=AAPL/part-0
echo hello > "tree/with space/é.txt"
: > tree/ticker=AAPL/_SUCCESS

aws s3 sync --only-show-errors tree s3://cli-bucket/tree
[ "$(aws s3 ls --recursive s3://cli-bucket | wc -l)" = 4 ] || fail "sync sent $(aws s3 ls --recursive s3://cli-bucket)"
aws s3 ls s3://cli-bucket/tree/ | grep 'PRE ticker=AAPL/' >/dev/null || fail "ls shows no folder"
aws s3 cp --only-show-errors s3://cli-bucket/tree/big.bin back.bin
cmp tree/big.bin back.bin || fail "a large file came back different"
aws s3 sync --only-show-errors s3://cli-bucket/tree back
diff -r tree back || fail "a tree came back different"
[ -z "$(aws s3 sync s3://cli-bucket/tree back)" ] || fail "a second sync copies again"
[ "$(aws s3 cp s3://cli-bucket/tree/ticker=AAPL/part-0 -)" = '16.77,"2021-06-01 10:01:00"' ] || fail "cp to stdout"
echo piped | aws s3 cp - s3://cli-bucket/piped
curl -s "$(aws s3 presign s3://cli-bucket/piped)" > presigned; grep -x piped presigned >/dev/null || fail "presign: $(cat presigned)"
aws s3 mv --only-show-errors s3://cli-bucket/piped s3://cli-bucket/moved
aws s3 cp --only-show-errors --recursive s3://cli-bucket/tree s3://cli-bucket/copy
aws s3api head-object --bucket cli-bucket --key copy/big.bin --query ContentLength --output text | grep -x 20000000 >/dev/null || fail "a server-side copy"
aws s3 rb s3://cli-bucket 2>/dev/null && fail "a full bucket was removed"
aws s3 rb --force s3://cli-bucket > removed
[ "$(grep -c '^delete:' removed)" = 9 ] || fail "rb --force removed $(cat removed)"
if aws s3 ls s3://cli-bucket 2> gone; then fail "the bucket is still there"; fi
grep NoSuchBucket gone > /dev/null || fail "a missing bucket: $(cat gone)"
