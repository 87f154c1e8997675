package geo

import "math"

const (
	// EarthRadiusKm is the mean radius of the Earth (IUGG R1).
	EarthRadiusKm = 6371.0088
	// fibreIndex is the group index of light in standard fibre.
	fibreIndex = 1.468
	// lightKmPerMs is the speed of light in vacuum.
	lightKmPerMs = 299.792458
)

// Point is a place on the sphere, in degrees; north and east are positive.
type Point struct {
	Lat, Lon float64
}

// Valid reports whether the point has a latitude within 90 and a longitude within 180 degrees.
func (p Point) Valid() bool { return math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180 }

// DistanceKm returns the great-circle distance in kilometres by the haversine formula, which stays exact for near points.
func DistanceKm(a, b Point) float64 {
	const rad = math.Pi / 180
	sinLat := math.Sin((b.Lat - a.Lat) * rad / 2)
	sinLon := math.Sin((b.Lon - a.Lon) * rad / 2)
	h := sinLat*sinLat + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*sinLon*sinLon
	return 2 * EarthRadiusKm * math.Asin(math.Sqrt(min(h, 1)))
}

// FibreFloorMs returns the time in ms that light needs in fibre for km kilometres there and back: 2 d n / c.
func FibreFloorMs(km float64) float64 { return 2 * km * fibreIndex / lightKmPerMs }

// vector is a point as a unit vector: chords order places as great-circle distances do, and cost three multiplications.
type vector [3]float64

func (p Point) vector() vector {
	sinLat, cosLat := math.Sincos(p.Lat * math.Pi / 180)
	sinLon, cosLon := math.Sincos(p.Lon * math.Pi / 180)
	return vector{cosLat * cosLon, cosLat * sinLon, sinLat}
}

// chord2 returns the squared chord between two unit vectors, from 0 to 4.
func chord2(a, b vector) float64 {
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return x*x + y*y + z*z
}

// chordKm converts a squared chord to a great-circle distance in km.
func chordKm(c2 float64) float64 { return 2 * EarthRadiusKm * math.Asin(min(math.Sqrt(c2)/2, 1)) }
