package fn

// conversions are the functions about types: TYPEOF.
func conversions() []*Def { return nil }
