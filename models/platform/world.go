package platform

// World is everything one world sets on a day: the official documentation, or
// what another guide says with the official values where it is silent.
type World struct {
	Name, Label   string
	Default       bool // the world used when a scenario names none
	Types         []InstanceType
	CustomRule    CustomRule
	Limits        AccountLimits
	Defaults      Defaults
	CPUMeter      string // provisioned | active
	ColdStart     Preset
	SleepMode     string // stop | snapshot | suspend
	EgressRegions []EgressRegion
	Source, Grade string
}

// World resolves a world by name on the view's day; the error suggests a name.
func (v View) World(name string) (World, error) {
	in, err := v.In(name)
	if err != nil {
		return World{}, err
	}
	d := in.Defaults()
	cold, err := in.Preset(d.ColdStart)
	if err != nil {
		return World{}, err
	}
	return World{Name: in.world.Name, Label: in.world.Label, Default: in.world.Name == Official,
		Types: in.Types(), CustomRule: in.CustomRule(), Limits: in.Limits(), Defaults: d,
		CPUMeter: d.CPUMeter, ColdStart: cold, SleepMode: d.SleepMode, EgressRegions: in.EgressRegions(),
		Source: in.world.Source, Grade: in.world.Grade}, nil
}

// Worlds resolves every world on the view's day, the default first.
func (v View) Worlds() ([]World, error) {
	var ws []World
	for _, name := range v.cat.WorldNames() {
		w, err := v.World(name)
		if err != nil {
			return nil, err
		}
		ws = append(ws, w)
	}
	return ws, nil
}
