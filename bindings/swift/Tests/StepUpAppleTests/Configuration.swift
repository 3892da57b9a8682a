import StepUp

/// What an error says is not set up; none if it is another error.
func configurationReason(of work: () throws -> some Any) -> String? {
    do {
        _ = try work()
        return nil
    } catch let PlatformError.Configuration(reason) {
        return reason
    } catch {
        return nil
    }
}
