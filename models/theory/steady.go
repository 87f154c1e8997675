package theory

// Steady holds the steady-state means of a queue; they obey Little's law
// (InSystem = arrival rate * ResponseS, Waiting = arrival rate * WaitS).
type Steady struct {
	Utilisation float64 // mean share of the servers that is busy, 0 to 1
	InSystem    float64 // L, mean requests waiting or in service
	Waiting     float64 // Lq, mean requests waiting
	ResponseS   float64 // W, mean time from arrival to completion, seconds
	WaitS       float64 // Wq, mean time from arrival to start of service, seconds
}

// steadyFromWait completes the means from the mean wait by Little's law.
func steadyFromWait(lambdaPerS, meanServiceS, waitS float64, servers int) Steady {
	return Steady{
		Utilisation: lambdaPerS * meanServiceS / float64(servers),
		InSystem:    lambdaPerS * (waitS + meanServiceS),
		Waiting:     lambdaPerS * waitS,
		ResponseS:   waitS + meanServiceS,
		WaitS:       waitS,
	}
}
