package theory

func evalTTLCache(c *cells, out map[string]float64) error {
	r, err := TTLCache{LambdaPerS: c.number("lambda_per_s"), TTLS: c.number("ttl_s")}.Solve()
	out["hit_ratio_reset_ttl"], out["hit_ratio_fixed_ttl"] = r.HitReset, r.HitFixed
	out["occupancy_reset_ttl"], out["occupancy_fixed_ttl"] = r.HitReset, r.HitFixed
	out["fetches_per_s_reset"], out["fetches_per_s_fixed"] = r.FetchesPerSReset, r.FetchesPerSFixed
	return err
}

func imageCache(c *cells) ImageCache {
	return ImageCache{Catalogue: c.count("catalogue"), Alpha: c.number("zipf_alpha"), Slots: c.count("cache_slots")}
}

func evalLRUChe(c *cells, out map[string]float64) error {
	r, err := imageCache(c).Che()
	out["characteristic_time_requests"], out["lru_hit_ratio_che"] = r.CharacteristicRequests, r.HitLRU
	out["lru_hit_rank1_che"], out["fifo_random_hit_ratio"] = r.HitLRURank1, r.HitFIFO
	out["best_static_hit_ratio"] = r.HitBestStatic
	return err
}

func evalLRUExact(c *cells, out map[string]float64) error {
	cache := imageCache(c)
	exact, err := cache.HitLRUExact()
	if err != nil {
		return err
	}
	che, err := cache.Che()
	out["lru_hit_ratio_exact"], out["lru_hit_ratio_che"] = exact, che.HitLRU
	return err
}
