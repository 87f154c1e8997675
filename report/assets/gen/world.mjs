// Builds world.json: country outlines as planar GeoJSON for ECharts.
//
// world-atlas holds spherical TopoJSON without cuts at the antimeridian, which a
// planar renderer would draw as lines across the map. geoProject cuts it; the
// equirectangular projection scaled to degrees leaves longitude and latitude.
// Antarctica is dropped, coordinates are rounded to 0.01 degree.
import {readFileSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {geoEquirectangular} from "d3-geo";
import {geoProject} from "d3-geo-projection";
import {feature} from "topojson-client";

const require = createRequire(import.meta.url);
const topology = JSON.parse(readFileSync(require.resolve("world-atlas/countries-110m.json"), "utf8"));
const spherical = feature(topology, topology.objects.countries);
spherical.features = spherical.features.filter((f) => f.properties.name !== "Antarctica");

const toDegrees = geoEquirectangular().scale(180 / Math.PI).translate([0, 0]).precision(0.1);
const planar = geoProject(spherical, toDegrees);
const round = (v) => Math.round(v * 100) / 100;

function ring(points) {
  const out = [];
  for (const [x, y] of points) {
    const p = [round(x), round(-y)];
    const last = out[out.length - 1];
    if (!last || last[0] !== p[0] || last[1] !== p[1]) out.push(p);
  }
  return out;
}

function shape(g) {
  if (g.type === "Polygon") return {type: g.type, coordinates: g.coordinates.map(ring).filter((r) => r.length > 3)};
  return {type: g.type, coordinates: g.coordinates.map((p) => p.map(ring).filter((r) => r.length > 3)).filter((p) => p.length > 0)};
}

const features = planar.features
  .filter((f) => f.geometry)
  .map((f) => ({type: "Feature", properties: {name: f.properties.name}, geometry: shape(f.geometry)}));
writeFileSync(process.argv[2], JSON.stringify({type: "FeatureCollection", features}) + "\n");
