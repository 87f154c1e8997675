package image

// Cache is one PoP's image cache with least-recently-used eviction by bytes.
type Cache struct {
	CapacityMB int64 // 0 = unlimited
	usedMB     int64
	at         map[int32]int32 // image -> slot
	slots      []slot
	newest     int32
	oldest     int32
	free       []int32
}

type slot struct {
	image        int32
	sizeMB       int64
	newer, older int32
}

// NewCache returns an empty cache.
func NewCache(capacityMB int64) *Cache {
	return &Cache{CapacityMB: capacityMB, at: map[int32]int32{}, newest: -1, oldest: -1}
}

// Use asks for an image: true when it is there, and then it is the most recently
// used.
func (c *Cache) Use(img int32) bool {
	s, ok := c.at[img]
	if ok {
		c.unlink(s)
		c.linkNewest(s)
	}
	return ok
}

// Put stores an image, evicting the least recently used ones until it fits; an
// image larger than the whole cache is not kept.
func (c *Cache) Put(img int32, sizeMB int64) {
	if c.Use(img) || c.CapacityMB > 0 && sizeMB > c.CapacityMB {
		return
	}
	for c.CapacityMB > 0 && c.usedMB+sizeMB > c.CapacityMB {
		c.drop(c.oldest)
	}
	var s int32
	if n := len(c.free); n > 0 {
		s = c.free[n-1]
		c.free = c.free[:n-1]
	} else {
		c.slots = append(c.slots, slot{})
		s = int32(len(c.slots) - 1)
	}
	c.slots[s] = slot{image: img, sizeMB: sizeMB}
	c.at[img] = s
	c.usedMB += sizeMB
	c.linkNewest(s)
}

// UsedMB is the size of what is held.
func (c *Cache) UsedMB() int64 { return c.usedMB }

func (c *Cache) drop(s int32) {
	c.unlink(s)
	c.usedMB -= c.slots[s].sizeMB
	delete(c.at, c.slots[s].image)
	c.free = append(c.free, s)
}

func (c *Cache) unlink(s int32) {
	x := c.slots[s]
	if x.newer >= 0 {
		c.slots[x.newer].older = x.older
	} else {
		c.newest = x.older
	}
	if x.older >= 0 {
		c.slots[x.older].newer = x.newer
	} else {
		c.oldest = x.newer
	}
}

func (c *Cache) linkNewest(s int32) {
	c.slots[s].newer, c.slots[s].older = -1, c.newest
	if c.newest >= 0 {
		c.slots[c.newest].newer = s
	} else {
		c.oldest = s
	}
	c.newest = s
}
