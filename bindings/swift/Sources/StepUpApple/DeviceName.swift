import Foundation

/// Kind and system of this device, for lists of registered devices: `iPhone; iOS 18.1`.
var deviceName: String {
    let version = ProcessInfo.processInfo.operatingSystemVersion
    return name(ofModel: model, version: "\(version.majorVersion).\(version.minorVersion)")
}

/// - Parameter model: `iPhone17,1`, `iPad16,3`, `Mac`. People know the letters only.
func name(ofModel model: String, version: String) -> String {
    let systems = ["iPhone": "iOS", "iPad": "iPadOS", "Mac": "macOS"]
    let kind = String(model.prefix { $0.isLetter })
    guard let system = systems[kind] else { return "Apple device; \(version)" }
    return "\(kind); \(system) \(version)"
}

private var model: String {
    #if os(macOS) || targetEnvironment(macCatalyst)
        return "Mac"
    #elseif targetEnvironment(simulator)
        return ProcessInfo.processInfo.environment["SIMULATOR_MODEL_IDENTIFIER"] ?? "iPhone"
    #else
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    #endif
}
