package flinkrest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"weir/internal/engine/run"
)

// checkpoint is one checkpoint as the list and the details have it.
func (v *view) checkpoint(c *run.CheckpointStatus) object {
	class := strings.ToLower(c.State)
	ended := millis(c.Ended)
	duration := v.now - millis(c.Triggered)
	acked := len(c.Acks)
	if c.State != "IN_PROGRESS" {
		duration = ended - millis(c.Triggered)
	}
	if c.State == "COMPLETED" { // tasks that have ended have nothing to answer
		acked = v.total()
	}
	kind := "CHECKPOINT"
	if c.Savepoint {
		kind = "SAVEPOINT"
	}
	o := object{"@class": class, "id": c.ID, "status": c.State, "is_savepoint": c.Savepoint, "checkpoint_type": kind,
		"trigger_timestamp": millis(c.Triggered), "latest_ack_timestamp": max(ended, millis(c.Triggered)), "state_size": c.Size, "checkpointed_size": c.Size,
		"end_to_end_duration": duration, "alignment_buffered": 0, "num_subtasks": v.total(), "num_acknowledged_subtasks": acked, "tasks": object{}}
	switch c.State {
	case "COMPLETED":
		o["external_path"], o["discarded"] = "<checkpoint-not-externally-addressable>", false
	case "FAILED":
		o["failure_timestamp"], o["failure_message"] = ended, c.Failure
	}
	return o
}

func (v *view) checkpoints() object {
	st := v.status.Checkpoints
	latest := object{"completed": nil, "savepoint": nil, "failed": nil, "restored": nil}
	history := []object{}
	var sizes, durations []int64
	for i := range st.History {
		c := &st.History[i]
		o := v.checkpoint(c)
		history = append(history, o)
		slot := ""
		switch {
		case c.State == "FAILED":
			slot = "failed"
		case c.State == "COMPLETED" && c.Savepoint:
			slot = "savepoint"
		case c.State == "COMPLETED":
			slot = "completed"
		}
		if slot != "" && latest[slot] == nil {
			latest[slot] = o
		}
		if c.State == "COMPLETED" {
			sizes, durations = append(sizes, c.Size), append(durations, c.Ended.Sub(c.Triggered).Milliseconds())
		}
	}
	if st.LastRestored != 0 {
		latest["restored"] = object{"id": st.LastRestored, "restore_timestamp": millis(st.LastRestoredAt), "is_savepoint": false, "external_path": nil}
	}
	return object{
		"counts":  object{"restored": st.Restored, "total": st.Total, "in_progress": st.InProgress, "completed": st.Completed, "failed": st.Failed},
		"summary": object{"state_size": spread(sizes), "end_to_end_duration": spread(durations), "alignment_buffered": spread(nil)},
		"latest":  latest, "history": history,
	}
}

// spread is the least, greatest and mean of values.
func spread(xs []int64) object {
	if len(xs) == 0 {
		return object{"min": 0, "max": 0, "avg": 0}
	}
	lo, hi, sum := xs[0], xs[0], int64(0)
	for _, x := range xs {
		lo, hi, sum = min(lo, x), max(hi, x), sum+x
	}
	return object{"min": lo, "max": hi, "avg": sum / int64(len(xs))}
}

func (s *server) checkpointConfig() object {
	interval := s.CheckpointInterval
	if interval == 0 {
		interval = 1<<63 - 1 // as Flink says that there are none
	}
	return object{"mode": "exactly_once", "interval": interval, "timeout": 3_600_000, "min_pause": s.MinPause, "max_concurrent": 1,
		"externalization": object{"enabled": true, "delete_on_cancellation": false}, "state_backend": "HashMapStateBackend"}
}

// checkpointByID is a checkpoint of the history.
func (v *view) checkpointByID(id string) (*run.CheckpointStatus, error) {
	for i := range v.status.Checkpoints.History {
		if c := &v.status.Checkpoints.History[i]; strconv.FormatInt(c.ID, 10) == id {
			return c, nil
		}
	}
	return nil, fmt.Errorf("org.apache.flink.runtime.rest.handler.RestHandlerException: Could not find checkpoint statistics for checkpoint %s.", id)
}

// checkpointDetails is a checkpoint with what each vertex has of it.
func (v *view) checkpointDetails(id string) (any, error) {
	c, err := v.checkpointByID(id)
	if err != nil {
		return nil, err
	}
	o, tasks := v.checkpoint(c), object{}
	for i, x := range v.job.Graph.Vertices {
		tasks[x.ID], _ = v.vertexCheckpoint(c, i)
	}
	o["tasks"] = tasks
	return o, nil
}

// vertexCheckpoint is what a vertex has of a checkpoint, and the acknowledgments
// of its subtasks by index.
func (v *view) vertexCheckpoint(c *run.CheckpointStatus, vertex int) (object, map[int]run.TaskAck) {
	acks := map[int]run.TaskAck{}
	var size int64
	latest := c.Triggered
	for _, a := range c.Acks {
		if a.Vertex != vertex {
			continue
		}
		acks[a.Index] = a
		size += a.Size
		if a.At.After(latest) {
			latest = a.At
		}
	}
	n, state := len(acks), c.State
	if state == "COMPLETED" {
		n = v.job.Graph.Vertices[vertex].Parallelism
	}
	return object{"id": c.ID, "status": state, "latest_ack_timestamp": latest.UnixMilli(), "state_size": size, "checkpointed_size": size,
		"end_to_end_duration": latest.Sub(c.Triggered).Milliseconds(), "alignment_buffered": 0,
		"num_subtasks": v.job.Graph.Vertices[vertex].Parallelism, "num_acknowledged_subtasks": n}, acks
}

// checkpointOfVertex is vertexCheckpoint by subtask. What Weir does not measure
// of a subtask's part (its synchronous share, the alignment) is zero.
func (v *view) checkpointOfVertex(id, vertexID string) (any, error) {
	c, err := v.checkpointByID(id)
	if err != nil {
		return nil, err
	}
	vertex := slices.IndexFunc(v.job.Graph.Vertices, func(x *run.Vertex) bool { return x.ID == vertexID })
	if vertex < 0 {
		return nil, fmt.Errorf("org.apache.flink.runtime.rest.NotFoundException: There is no checkpoint statistics for task %s.", vertexID)
	}
	o, acks := v.vertexCheckpoint(c, vertex)
	subtasks := []object{}
	var sizes, durations []int64
	for i := range v.job.Graph.Vertices[vertex].Parallelism {
		a, ok := acks[i]
		if !ok {
			subtasks = append(subtasks, object{"index": i, "status": "pending_or_failed"})
			continue
		}
		took := a.At.Sub(c.Triggered).Milliseconds()
		sizes, durations = append(sizes, a.Size), append(durations, took)
		subtasks = append(subtasks, object{"index": i, "status": "completed", "ack_timestamp": a.At.UnixMilli(), "end_to_end_duration": took,
			"state_size": a.Size, "checkpointed_size": a.Size, "checkpoint": object{"sync": 0, "async": took},
			"alignment": object{"buffered": 0, "processed": 0, "persisted": 0, "duration": 0}, "start_delay": 0, "aborted": false})
	}
	none := spread(nil)
	o["summary"] = object{"state_size": spread(sizes), "checkpointed_size": spread(sizes), "end_to_end_duration": spread(durations),
		"checkpoint_duration": object{"sync": none, "async": spread(durations)},
		"alignment":           object{"buffered": none, "processed": none, "persisted": none, "duration": none}, "start_delay": none}
	o["subtasks"] = subtasks
	return o, nil
}
