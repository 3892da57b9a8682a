// Fields for texts, and what VoiceOver reads out.

public struct UITextContentType: Hashable, Sendable {
    private let name: String
    public static let oneTimeCode = Self(name: "one-time-code"), emailAddress = Self(name: "email")
    public static let telephoneNumber = Self(name: "tel")
}
public enum UIKeyboardType: Int, Sendable {
    case `default`, asciiCapable, numberPad, phonePad, emailAddress, URL
}
public enum UIAccessibility {
    public struct Notification: Hashable, Sendable {
        public static let announcement = Notification()
    }
    @MainActor public static func post(notification: Notification, argument: Any?) {}
}
