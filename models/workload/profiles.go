package workload

// Profile is a named course over a day or a week. Its values are relative
// weights; Normalised gives them mean 1.
type Profile struct {
	Name   string
	Text   string // one line for lists and reports
	Values []float64
}

// dailyProfiles are assumptions of this project (grade I): plausible courses
// over the hours of a local day, not fits to one measured service. The values
// belong to the middle of each hour.
var dailyProfiles = []Profile{
	{"flat", "the same at every hour", []float64{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
	{"office", "working hours with a dip at noon, little at night",
		[]float64{1, 1, 1, 1, 1, 2, 4, 12, 30, 44, 50, 48, 38, 44, 50, 48, 42, 30, 16, 8, 5, 4, 3, 2}},
	{"evening", "leisure: rises after work, peak at 20 to 22 h",
		[]float64{16, 9, 5, 3, 2, 2, 4, 8, 10, 11, 12, 14, 16, 15, 15, 17, 20, 26, 34, 42, 48, 46, 38, 26}},
	{"internet", "general traffic: trough before dawn, broad evening peak",
		[]float64{62, 48, 38, 32, 30, 32, 40, 54, 68, 78, 84, 88, 92, 94, 95, 96, 98, 102, 110, 120, 124, 116, 100, 80}},
	{"retail", "shopping: a first peak at noon, a higher one at 20 h",
		[]float64{10, 5, 3, 2, 2, 4, 10, 20, 32, 42, 48, 52, 54, 50, 46, 46, 48, 52, 58, 66, 70, 60, 40, 22}},
	{"night", "batch work started after hours",
		[]float64{40, 46, 50, 48, 40, 28, 14, 6, 3, 2, 2, 2, 2, 2, 2, 2, 2, 3, 4, 6, 10, 18, 26, 34}},
}

// weeklyProfiles are assumptions too (grade I); Monday comes first.
var weeklyProfiles = []Profile{
	{"flat", "the same on every day", []float64{1, 1, 1, 1, 1, 1, 1}},
	{"weekdays", "work: full Monday to Thursday, a third at the weekend", []float64{1.28, 1.30, 1.30, 1.28, 1.14, 0.36, 0.34}},
	{"weekend", "leisure: most on Saturday and Sunday", []float64{0.7, 0.7, 0.75, 0.8, 1.15, 1.6, 1.3}},
}

// DailyProfiles lists the named courses over a local day, 24 hourly values each.
func DailyProfiles() []Profile { return append([]Profile(nil), dailyProfiles...) }

// WeeklyProfiles lists the named courses over a week, 7 values each, Monday first.
func WeeklyProfiles() []Profile { return append([]Profile(nil), weeklyProfiles...) }

// DailyProfile finds a course over the day by its name.
func DailyProfile(name string) (Profile, bool) { return findProfile(dailyProfiles, name) }

// WeeklyProfile finds a course over the week by its name.
func WeeklyProfile(name string) (Profile, bool) { return findProfile(weeklyProfiles, name) }

func findProfile(table []Profile, name string) (Profile, bool) {
	for _, p := range table {
		if p.Name == name {
			return p, true
		}
	}
	return Profile{}, false
}

// Normalised returns the values scaled to mean 1.
func (p Profile) Normalised() []float64 {
	sum := 0.0
	for _, v := range p.Values {
		sum += v
	}
	out := make([]float64, len(p.Values))
	for i, v := range p.Values {
		out[i] = v * float64(len(p.Values)) / sum
	}
	return out
}
