package fn

// jsons are the functions of JSON text: JSON_VALUE, IS JSON.
func jsons() []*Def { return nil }
