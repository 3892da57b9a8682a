import Observation

/// What a screen does at present, and what became of what it did last.
@MainActor @Observable
public final class Activity {
    /// Whether something is under way: buttons are disabled.
    public private(set) var isRunning = false
    /// What to tell the user.
    public private(set) var notice: Notice?

    init() {}

    /// Does one thing at a time: while something is under way, a second tap does nothing. Answers whether it
    /// was done; why not, the notice says.
    @discardableResult
    func run(_ work: @MainActor () async throws -> Void) async -> Bool {
        guard !isRunning else { return false }
        (isRunning, notice) = (true, nil)
        defer { isRunning = false }
        do {
            try await work()
            return true
        } catch {
            notice = Notice(error)
            return false
        }
    }

    func tell(_ text: TextKey) {
        notice = Notice(text)
    }

    func tell(_ notice: Notice?) {
        self.notice = notice
    }
}
