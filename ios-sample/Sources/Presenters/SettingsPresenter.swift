import Foundation
import Observation

/// Which environment and which server the app works with.
@MainActor @Observable
public final class SettingsPresenter {
    /// The environment's id, as the user types it.
    public var environmentId: String
    /// The server's address, as the user types it.
    public var baseUrl: String
    /// What is wrong with them, or that they are in use.
    public let activity = Activity()

    private let sample: Sample

    /// Shows the settings that are in use.
    public init(_ sample: Sample) {
        self.sample = sample
        (environmentId, baseUrl) = (sample.settings.environmentId, sample.settings.baseUrl)
    }

    /// Takes what was typed into use. Who was signed in before is so again with the settings of before.
    public func save() async {
        let blanks = CharacterSet.whitespacesAndNewlines
        let settings = SampleSettings(
            environmentId: environmentId.trimmingCharacters(in: blanks),
            baseUrl: baseUrl.trimmingCharacters(in: blanks))
        if let problem = settings.problem(allowsLoopback: sample.allowsLoopback) {
            return activity.tell(problem)
        }
        if await activity.run({ try sample.apply(settings) }) { activity.tell(.saved) }
    }
}
