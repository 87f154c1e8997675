// Package sim is the simulation core that knows nothing of containers: the
// clock in integer nanoseconds, the global event queue in exact (time, class,
// sequence) order, and a buffer that puts a nearly ordered event log in order.
// Random streams, distributions and statistics live in its subpackages.
package sim
