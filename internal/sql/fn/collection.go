package fn

// collections are the functions of arrays and maps: CARDINALITY, ARRAY_CONTAINS.
func collections() []*Def { return nil }
