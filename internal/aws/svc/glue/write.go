package glue

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	api "weir/internal/aws/api/glue"
	"weir/internal/aws/store"
	"weir/internal/aws/svc/glue/classify"
	"weir/internal/aws/svc/glue/layout"
)

const deprecated = "DEPRECATED_BY_CRAWLER"

// may asks whether the role may do something to a table of the crawler's database.
func (r *crawl) may(action, table string) error {
	db := lower(deref(r.of.Crawler.DatabaseName))
	resources := []string{"catalog", "database/" + db}
	if table != "" {
		resources = append(resources, "table/"+db+"/"+table)
	}
	for _, res := range resources {
		if err := r.call.May("glue:"+action, r.call.ARN("glue", res)); err != nil {
			return err
		}
	}
	return nil
}

// ensureDatabase makes the crawler's database when it is not there.
func (r *crawl) ensureDatabase() error {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.call.Now = r.s.Clock.Now()
	name := lower(deref(r.of.Crawler.DatabaseName))
	_, ok, err := r.s.databases.Get(r.of.Region, name)
	if err != nil || ok {
		return err
	}
	if err := r.may("CreateDatabase", ""); err != nil {
		return err
	}
	return r.s.databases.Put(newDatabase(r.call, &api.DatabaseInput{Name: name}), r.of.Region, name)
}

// knownFolders are the folders that CRAWL_NEW_FOLDERS_ONLY leaves out: those
// that are a partition or an unpartitioned table already.
func (r *crawl) knownFolders(bucket, prefix string) (map[string]bool, error) {
	out := map[string]bool{}
	if p := r.of.Crawler.RecrawlPolicy; p == nil || deref(p.RecrawlBehavior) != api.RecrawlBehaviorCrawlNewFoldersOnly {
		return out, nil
	}
	root := "s3://" + bucket + "/" + prefix
	add := func(sd *api.StorageDescriptor) {
		if rel, ok := strings.CutPrefix(deref(deref(sd).Location), root); ok {
			out[rel] = true
		}
	}
	db := lower(deref(r.of.Crawler.DatabaseName))
	for t, err := range r.s.tables.Scan([]string{r.of.Region, db}, nil) {
		if err != nil {
			return nil, err
		}
		if len(t.Table.PartitionKeys) == 0 {
			add(t.Table.StorageDescriptor)
		}
		for p, err := range r.s.partitions.Scan([]string{r.of.Region, db, t.Table.Name}, nil) {
			if err != nil {
				return nil, err
			}
			add(p.StorageDescriptor)
		}
	}
	return out, nil
}

// describe is the table a crawl would write.
func (r *crawl) describe(target api.S3Target, t layout.Table, name, location string) api.Table {
	params := r.params(t.Schema, t.Compression, t.Objects, t.Bytes, target.Exclusions)
	if r.config.CreatePartitionIndex && len(t.Keys) > 0 {
		params["partition_filtering.enabled"] = "true"
	}
	out := api.Table{
		Name: name, DatabaseName: new(lower(deref(r.of.Crawler.DatabaseName))), Owner: new("owner"), Retention: new(int32(0)),
		TableType: new("EXTERNAL_TABLE"), Parameters: params, PartitionKeys: []api.Column{}, CatalogId: new(r.of.Account),
		CreatedBy: new(r.call.Principal.ARN), IsRegisteredWithLakeFormation: new(false), CreateTime: new(r.call.Now), UpdateTime: new(r.call.Now),
		LastAccessTime: new(r.call.Now), StorageDescriptor: descriptor(t.Schema, t.Compression, location, params),
	}
	for _, k := range t.Keys {
		out.PartitionKeys = append(out.PartitionKeys, api.Column{Name: k, Type: new("string")})
	}
	return out
}

// params are the parameters a crawler gives a table or a partition.
func (r *crawl) params(s classify.Schema, compression string, objects int, bytes int64, exclusions []string) map[string]string {
	average, records := int64(0), int64(0)
	if s.Records > 0 {
		average = max(1, int64(s.Bytes/s.Records))
		records = max(int64(s.Records), bytes/average)
	}
	out := map[string]string{
		"CrawlerSchemaDeserializerVersion": "1.0", "CrawlerSchemaSerializerVersion": "1.0", "UPDATED_BY_CRAWLER": *r.of.Crawler.Name,
		"CRAWL_RUN_ID": r.rec.ID, "classification": s.Classification, "compressionType": compression, "typeOfData": "file",
		"averageRecordSize": strconv.FormatInt(average, 10), "recordCount": strconv.FormatInt(records, 10),
		"objectCount": strconv.Itoa(objects), "sizeKey": strconv.FormatInt(bytes, 10),
	}
	maps.Copy(out, s.Params)
	if len(exclusions) > 0 {
		if data, err := json.Marshal(exclusions); err == nil { // strings always marshal
			out["exclusions"] = string(data)
		}
	}
	return out
}

func descriptor(s classify.Schema, compression, location string, params map[string]string) *api.StorageDescriptor {
	sd := &api.StorageDescriptor{
		Columns: []api.Column{}, Location: new(location), InputFormat: new(s.InputFormat), OutputFormat: new(s.OutputFormat),
		Compressed: new(compression != "none"), NumberOfBuckets: new(int32(-1)), BucketColumns: []string{}, SortColumns: []api.Order{},
		StoredAsSubDirectories: new(false), Parameters: maps.Clone(params),
		SerdeInfo: &api.SerDeInfo{SerializationLibrary: new(s.Library), Parameters: s.SerdeParams},
	}
	if s.Library == "" {
		sd.InputFormat, sd.OutputFormat, sd.SerdeInfo = nil, nil, &api.SerDeInfo{}
	}
	for _, c := range classify.Finish(s.Columns) {
		sd.Columns = append(sd.Columns, api.Column{Name: c.Name, Type: new(c.Type)})
	}
	return sd
}

// writeTable creates or updates one table and its partitions.
func (r *crawl) writeTable(target api.S3Target, t layout.Table) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.call.Now = r.s.Clock.Now()
	bucket, prefix := splitPath(deref(target.Path))
	location := "s3://" + bucket + "/" + prefix + t.Path
	db := lower(deref(r.of.Crawler.DatabaseName))
	name := layout.TableName(deref(r.of.Crawler.TablePrefix), bucket, prefix+t.Path)
	old, have, err := r.s.tables.Get(r.of.Region, db, name)
	if err == nil && have && deref(deref(old.Table.StorageDescriptor).Location) != location {
		name = layout.Distinct(name, location)
		old, have, err = r.s.tables.Get(r.of.Region, db, name)
	}
	if err != nil {
		return err
	}
	r.seen[name] = true
	next := r.describe(target, t, name, location)
	tx := r.s.DB.Begin()
	if have {
		next, err = r.updateTable(tx, old, next)
	} else if err = r.may("CreateTable", name); err == nil {
		r.s.putTable(tx, r.of.Region, tableRec{Table: next})
		r.rec.Tables.Added++
		r.log(fmt.Sprintf("INFO : Created table %s in database %s", name, db))
	}
	if err != nil {
		return err
	}
	if err := r.writePartitions(tx, next, t, location, target.Exclusions, have); err != nil {
		return err
	}
	return tx.Commit()
}

// stable is a table without its times and the parameters that change with every crawl.
func stable(t api.Table) api.Table {
	drop := func(m map[string]string) map[string]string {
		m = maps.Clone(m)
		for _, k := range []string{"CRAWL_RUN_ID", "averageRecordSize", "recordCount", "objectCount", "sizeKey"} {
			delete(m, k)
		}
		return m
	}
	out := api.Table{PartitionKeys: t.PartitionKeys, Parameters: drop(t.Parameters)}
	if t.StorageDescriptor != nil {
		sd := *t.StorageDescriptor
		sd.Parameters = drop(sd.Parameters)
		out.StorageDescriptor = &sd
	}
	return out
}

// updateTable brings a table of an earlier crawl up to date, as the schema
// change policy says, and gives the table as it is then.
func (r *crawl) updateTable(tx *store.Tx, old tableRec, next api.Table) (api.Table, error) {
	if deref(r.of.Crawler.SchemaChangePolicy.UpdateBehavior) == api.UpdateBehaviorLog {
		if !same(stable(old.Table), stable(next)) {
			r.log("INFO : The schema of table " + next.Name + " has changed; the update policy is LOG")
		}
		return old.Table, nil
	}
	if len(next.PartitionKeys) == 0 && len(old.Table.PartitionKeys) > 0 {
		next.PartitionKeys = old.Table.PartitionKeys
	}
	if r.config.CrawlerOutput.Tables.AddOrUpdateBehavior == "MergeNewColumns" {
		next.StorageDescriptor.Columns = addColumns(old.Table.StorageDescriptor.Columns, next.StorageDescriptor.Columns)
	}
	next.CreateTime, next.CreatedBy = old.Table.CreateTime, old.Table.CreatedBy
	next.Description, next.Owner = old.Table.Description, old.Table.Owner
	for k, v := range old.Table.Parameters { // what users have added stays
		if _, ok := next.Parameters[k]; !ok && k != deprecated && k != "skip.header.line.count" {
			next.Parameters[k] = v
		}
	}
	if same(stable(old.Table), stable(next)) {
		old.Table.Parameters, old.Table.StorageDescriptor.Parameters = next.Parameters, next.StorageDescriptor.Parameters
		r.s.tables.PutTx(tx, old, r.of.Region, deref(old.Table.DatabaseName), old.Table.Name)
		return old.Table, nil
	}
	if err := r.may("UpdateTable", next.Name); err != nil {
		return next, err
	}
	r.s.putTable(tx, r.of.Region, tableRec{Table: next, Version: old.Version + 1})
	r.rec.Tables.Updated++
	r.log(fmt.Sprintf("INFO : Updated table %s in database %s", next.Name, deref(next.DatabaseName)))
	return next, nil
}

// same compares as the store would give both back: an empty list is none.
func same(a, b api.Table) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	if errX != nil || errY != nil {
		return reflect.DeepEqual(a, b)
	}
	return string(x) == string(y)
}

func addColumns(old, found []api.Column) []api.Column {
	out := slices.Clone(old)
	for _, c := range found {
		if !slices.ContainsFunc(old, func(o api.Column) bool { return o.Name == c.Name }) {
			out = append(out, c)
		}
	}
	return out
}

// writePartitions adds the new partitions, updates the changed and treats those
// whose folders have gone as the policy says.
func (r *crawl) writePartitions(tx *store.Tx, table api.Table, t layout.Table, location string, exclusions []string, have bool) error {
	db := deref(table.DatabaseName)
	old := map[string]api.Partition{}
	if have {
		for p, err := range r.s.partitions.Scan([]string{r.of.Region, db, table.Name}, nil) {
			if err != nil {
				return err
			}
			old[strings.Join(p.Values, "\x00")] = p
		}
	}
	if len(t.Partitions) > 0 {
		if err := r.may("BatchCreatePartition", table.Name); err != nil {
			return err
		}
	}
	inherit := r.config.CrawlerOutput.Partitions.AddOrUpdateBehavior == "InheritFromTable"
	for _, p := range t.Partitions {
		if len(p.Values) != len(table.PartitionKeys) {
			r.log(fmt.Sprintf("ERROR : Folder %s does not fit the partition keys of table %s", p.Leaf.Path, table.Name))
			continue
		}
		params := r.params(p.Leaf.Schema, p.Leaf.Compression, p.Leaf.Objects, p.Leaf.Bytes, exclusions)
		sd := descriptor(p.Leaf.Schema, p.Leaf.Compression, location+p.Leaf.Path[len(t.Path):], params)
		if inherit {
			sd.Columns, sd.SerdeInfo = table.StorageDescriptor.Columns, table.StorageDescriptor.SerdeInfo
			sd.InputFormat, sd.OutputFormat = table.StorageDescriptor.InputFormat, table.StorageDescriptor.OutputFormat
		}
		key := strings.Join(p.Values, "\x00")
		part := api.Partition{Values: p.Values, DatabaseName: new(db), TableName: new(table.Name), CreationTime: new(r.call.Now),
			LastAccessTime: new(r.call.Now), StorageDescriptor: sd, Parameters: params, CatalogId: new(r.of.Account)}
		before, was := old[key]
		delete(old, key)
		if was {
			part.CreationTime = before.CreationTime
			r.rec.Parts.Updated++
		} else {
			r.rec.Parts.Added++
		}
		r.s.partitions.PutTx(tx, part, partitionKey(r.of.Region, db, table.Name, p.Values)...)
	}
	return r.gonePartitions(tx, table, old)
}

// gonePartitions treats the partitions that a crawl of everything did not find.
func (r *crawl) gonePartitions(tx *store.Tx, table api.Table, gone map[string]api.Partition) error {
	if r.of.Crawler.RecrawlPolicy != nil && deref(r.of.Crawler.RecrawlPolicy.RecrawlBehavior) == api.RecrawlBehaviorCrawlNewFoldersOnly {
		return nil
	}
	for _, p := range gone {
		key := partitionKey(r.of.Region, deref(table.DatabaseName), table.Name, p.Values)
		switch deref(r.of.Crawler.SchemaChangePolicy.DeleteBehavior) {
		case api.DeleteBehaviorDeleteFromDatabase:
			if err := r.may("BatchDeletePartition", table.Name); err != nil {
				return err
			}
			r.s.partitions.DeleteTx(tx, key...)
			r.rec.Parts.Deleted++
		case api.DeleteBehaviorDeprecateInDatabase:
			if p.Parameters == nil {
				p.Parameters = map[string]string{}
			}
			if p.Parameters[deprecated] == "" {
				p.Parameters[deprecated] = strconv.FormatInt(r.call.Now.UnixMilli(), 10)
				r.s.partitions.PutTx(tx, p, key...)
			}
		}
	}
	return nil
}

// vanished treats the tables of earlier crawls whose data this one did not find.
func (r *crawl) vanished() error {
	if deref(deref(r.of.Crawler.RecrawlPolicy).RecrawlBehavior) == api.RecrawlBehaviorCrawlNewFoldersOnly {
		return nil
	}
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.call.Now = r.s.Clock.Now()
	db := lower(deref(r.of.Crawler.DatabaseName))
	tx := r.s.DB.Begin()
	for t, err := range r.s.tables.Scan([]string{r.of.Region, db}, nil) {
		if err != nil {
			return err
		}
		if t.Table.Parameters["UPDATED_BY_CRAWLER"] != *r.of.Crawler.Name || r.seen[t.Table.Name] {
			continue
		}
		if err := r.goneTable(tx, db, t); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func (r *crawl) goneTable(tx *store.Tx, db string, t tableRec) error {
	switch deref(r.of.Crawler.SchemaChangePolicy.DeleteBehavior) {
	case api.DeleteBehaviorDeleteFromDatabase:
		if err := r.may("DeleteTable", t.Table.Name); err != nil {
			return err
		}
		r.rec.Tables.Deleted++
		r.log(fmt.Sprintf("INFO : Deleted table %s in database %s", t.Table.Name, db))
		return r.s.dropTable(r.call, tx, db, t.Table.Name)
	case api.DeleteBehaviorDeprecateInDatabase:
		if t.Table.Parameters[deprecated] != "" {
			return nil
		}
		if err := r.may("UpdateTable", t.Table.Name); err != nil {
			return err
		}
		t.Table.Parameters[deprecated] = strconv.FormatInt(r.call.Now.UnixMilli(), 10)
		t.Table.UpdateTime = new(r.call.Now)
		t.Version++
		r.s.putTable(tx, r.of.Region, t)
		r.rec.Tables.Updated++
		r.log(fmt.Sprintf("INFO : Deprecated table %s in database %s", t.Table.Name, db))
	}
	return nil
}
