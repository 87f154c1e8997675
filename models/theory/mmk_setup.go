package theory

// MMKSetup is M/M/k with exponential set-ups: one central FIFO queue; a server
// with nothing to do and nothing waiting is off at once; min(waiting, servers
// not on) servers are in set-up, and a set-up that has become superfluous is
// cancelled.
//
// Source: Gandhi, Doroudi, Harchol-Balter, Scheller-Wolf 2013 (Exact analysis
// of the M/M/k/setup class). Solved here as a level-dependent
// quasi-birth-death chain on (requests n, servers on i): within a level i only
// rises, so every matrix is upper triangular and the rate matrices follow by
// substitutions that add positive numbers only (nothing cancels).
type MMKSetup struct {
	LambdaPerS float64 // arrival rate, > 0
	MuPerS     float64 // service rate of one server, > 0
	SetupPerS  float64 // alpha, rate of one server's set-up, > 0
	Servers    int     // k, 1 to 300, with LambdaPerS < k*MuPerS
}

// maxSetupServers bounds memory (k^3/6 numbers) and time (k^4/24 steps).
const maxSetupServers = 300

// MMKSetupResult is the steady state of M/M/k with set-up.
type MMKSetupResult struct {
	Steady
	MeanBusyServers float64 // lambda/mu
	MeanInSetup     float64 // servers setting up
	MeanOn          float64 // busy or setting up: servers that cost money
}

// Solve solves the chain.
func (m MMKSetup) Solve() (MMKSetupResult, error) {
	p := problems{model: "M/M/k with set-up"}
	p.positive("arrival rate", m.LambdaPerS)
	p.positive("service rate", m.MuPerS)
	p.positive("set-up rate", m.SetupPerS)
	p.atLeast("servers", m.Servers, 1)
	if m.Servers > maxSetupServers {
		p.addf("servers must be at most %d for the exact chain, got %d", maxSetupServers, m.Servers)
	}
	if err := p.err(); err != nil {
		return MMKSetupResult{}, err
	}
	busy := m.LambdaPerS / m.MuPerS
	if err := stable(busy, m.Servers); err != nil {
		return MMKSetupResult{}, err
	}
	inSystem, inSetup := m.means()
	return MMKSetupResult{
		Steady: Steady{
			Utilisation: busy / float64(m.Servers),
			InSystem:    inSystem,
			Waiting:     inSystem - busy,
			ResponseS:   inSystem / m.LambdaPerS,
			WaitS:       (inSystem - busy) / m.LambdaPerS,
		},
		MeanBusyServers: busy,
		MeanInSetup:     inSetup,
		MeanOn:          busy + inSetup,
	}, nil
}

// setupRate is the rate i -> i+1 with n requests and i servers on.
func (m MMKSetup) setupRate(n, i int) float64 {
	return float64(min(n, m.Servers)-i) * m.SetupPerS
}

// outRate is the total rate out of (n, i), i <= n.
func (m MMKSetup) outRate(n, i int) float64 {
	return m.LambdaPerS + float64(i)*m.MuPerS + m.setupRate(n, i)
}

// tailRates returns the matrix R of the levels above k, pi(n+1) = pi(n) R for
// n >= k: the minimal solution of lambda I + R A1 + R^2 A2 = 0, upper
// triangular, diagonal by a quadratic and each further element from those
// between.
func (m MMKSetup) tailRates() [][]float64 {
	k := m.Servers
	r := make([][]float64, k+1)
	for i := range r {
		r[i] = make([]float64, k+1)
		r[i][i] = firstPassageRoot(m.LambdaPerS, float64(i)*m.MuPerS, m.setupRate(k, i))
	}
	for span := 1; span <= k; span++ {
		for i := 0; i+span <= k; i++ {
			j := i + span
			departure := float64(j) * m.MuPerS
			sum := r[i][j-1] * m.setupRate(k, j-1)
			for l := i + 1; l < j; l++ {
				sum += departure * r[i][l] * r[l][j]
			}
			r[i][j] = sum / (m.outRate(k, j) - departure*(r[i][i]+r[j][j]))
		}
	}
	return r
}

// means returns the mean number of requests and of servers in set-up.
func (m MMKSetup) means() (inSystem, inSetup float64) {
	k := m.Servers
	tail := m.tailRates()
	rates := make([][][]float64, k+1) // rates[n]: pi(n) = pi(n-1) rates[n], for 1 <= n <= k
	above := tail
	for n := k; n >= 1; n-- {
		rates[n] = m.levelRates(n, above)
		above = rates[n]
	}
	pi := []float64{1}
	total := 1.0
	for n := 1; n <= k; n++ {
		pi = timesUpper(pi, rates[n], n+1)
		if n == k {
			break
		}
		for i, x := range pi {
			total += x
			inSystem += float64(n) * x
			inSetup += float64(n-i) * x
		}
	}
	sojourn := solveUpper(pi, tail)                            // pi(k) + pi(k) R + pi(k) R^2 + ...
	excess := solveUpper(timesUpper(sojourn, tail, k+1), tail) // the same with weights 0, 1, 2, ...
	for i := range sojourn {
		total += sojourn[i]
		inSystem += float64(k)*sojourn[i] + excess[i]
		inSetup += float64(k-i) * sojourn[i]
	}
	return inSystem / total, inSetup / total
}

// levelRates returns R(n), n rows by n+1 columns: expected time in (n, j)
// before the level falls below n, per unit time in (n-1, i), by solving
// x U = lambda e_i for the upper triangular U = -(A1(n) + R(n+1) A2(n+1)).
func (m MMKSetup) levelRates(n int, above [][]float64) [][]float64 {
	u := make([][]float64, n+1) // minus the off-diagonal elements, and the diagonal
	for i := range u {
		u[i] = make([]float64, n+1)
		u[i][i] = m.outRate(n, i)
		if i < n {
			u[i][i+1] = m.setupRate(n, i)
		}
		for j := i; j < len(above[i]); j++ {
			to := min(j, n) // the last of n+1 servers on switches off
			back := above[i][j] * float64(j) * m.MuPerS
			if to == i {
				u[i][i] -= back
			} else {
				u[i][to] += back
			}
		}
	}
	rates := make([][]float64, n)
	for i := range rates {
		x := make([]float64, n+1)
		x[i] = m.LambdaPerS / u[i][i]
		for j := i + 1; j <= n; j++ {
			var sum float64
			for l := i; l < j; l++ {
				sum += x[l] * u[l][j]
			}
			x[j] = sum / u[j][j]
		}
		rates[i] = x
	}
	return rates
}
