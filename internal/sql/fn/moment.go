package fn

// moments are the functions of dates, times and timestamps: EXTRACT, FLOOR(… TO …).
func moments() []*Def { return nil }
