// Package theory is the analytic module: closed forms and exact small chains of
// queueing and caching theory, against which the simulator is checked and from
// which capacity is first estimated.
//
// Conventions. Rates are per second and times in seconds; every name says so
// (LambdaPerS, TimeoutS). A model is a plain struct of parameters with a Solve
// method; Solve returns an error for parameters out of range (all of them at
// once) and an *UnstableError where no steady state exists. One server is one
// instance that serves one request at a time, unless a model says otherwise.
// Results that outgrow float64 are +Inf, never NaN.
//
// The table Suite ties each model to the CSV file of reference cases with its
// name, so that one runner can check them all.
package theory
