// Every test uses the sandbox and the platform that plays its part: one import serves all files.
@_exported import StepUpTesting
