#!/bin/sh
# Fetches ECharts and the country outlines and rebuilds the files beside this
# directory. Needs node and npm. The checksums in ../SHA256SUMS must be reviewed
# when a version in package.json changes.
set -eu
cd "$(dirname "$0")"
npm install --no-audit --no-fund --ignore-scripts
cp node_modules/echarts/dist/echarts.min.js ../echarts.min.js
cp node_modules/echarts/LICENSE ../echarts.LICENSE
cp node_modules/echarts/NOTICE ../echarts.NOTICE
cp node_modules/echarts/licenses/LICENSE-d3 ../echarts.LICENSE-d3
cp node_modules/world-atlas/LICENSE* ../world-atlas.LICENSE
node world.mjs ../world.json
cd ..
sha256sum echarts.min.js world.json >SHA256SUMS
