@_exported import Foundation

// The windows of an app on a Mac: types only.

@MainActor open class NSResponder: NSObject {}
@MainActor open class NSWindow: NSResponder {}
@MainActor open class NSApplication: NSResponder {
    open class var shared: NSApplication { fatalError() }
    weak open var keyWindow: NSWindow? { nil }
    weak open var mainWindow: NSWindow? { nil }
}
