import Foundation

/// Model and system of this device, for lists of registered devices: `iPhone17,1; iOS 18.1`.
var deviceName: String {
    let version = ProcessInfo.processInfo.operatingSystemVersion
    return "\(machine); \(systemName) \(version.majorVersion).\(version.minorVersion)"
}

private var systemName: String {
    #if os(macOS)
        "macOS"
    #elseif os(Linux)
        "Linux"
    #else
        "iOS"
    #endif
}

/// `iPhone17,1`, `iPad16,3`; a Mac says only which processor it has.
private var machine: String {
    #if targetEnvironment(simulator)
        "iPhone Simulator"
    #elseif os(macOS)
        "Mac"
    #else
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    #endif
}
