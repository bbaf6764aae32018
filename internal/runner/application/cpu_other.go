//go:build !unix

package application

// cpuSeconds is not known here.
func cpuSeconds() float64 { return 0 }
