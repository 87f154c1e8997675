// Package geo says where things are and how far apart: points of presence (PoPs), cities, great-circle distance, round trips,
// nearest PoPs, and which PoPs may host Workers, Durable Objects and containers.
//
// Assumptions, each a parameter or an option:
//
//   - The Earth is a sphere of radius 6371.0088 km (within 0.6 % of the ellipsoid).
//   - A round trip takes 4 ms plus a stretch per 100 km that depends on the two network regions, never less than light in fibre
//     takes; within one PoP it takes 0.5 ms (grade I). Stretch: medians measured between data centres for PoP to PoP, between
//     servers over the public internet for client to PoP.
//   - A client's Worker runs in the nearest PoP that takes client traffic; 10 % of requests (grade I) go to one of the next three.
//   - A PoP that was re-routed in most snapshots of the status page takes no client traffic (grade I). It may still host containers.
//   - Durable Objects are created where measured likelihoods say, at the nearest object host where nothing was measured.
//   - Which PoPs host containers is not published: see HostSpec.
//   - Regions of the model are the platform's nine location hints; where their borders run is inferred, see Region.
//
// Everything here is fixed once a World is built: a World is safe for concurrent readers, and look-ups cost a few loads.
// Traffic, load and outages belong to other packages.
package geo
