// As little of Combine as models of screens need. A property wrapper reaches its object's publisher by the
// static subscript, as Apple's does.

public protocol ObservableObject: AnyObject {
    associatedtype ObjectWillChangePublisher = ObservableObjectPublisher
}
public final class ObservableObjectPublisher {
    public init() {}
    public func send() {}
}
@propertyWrapper public struct Published<Value> {
    public init(wrappedValue: Value) { value = wrappedValue }
    private var value: Value
    @available(*, unavailable, message: "@Published is only available on properties of classes")
    public var wrappedValue: Value {
        get { fatalError() }
        set { fatalError() }
    }
    public static subscript<Owner: AnyObject>(
        _enclosingInstance object: Owner, wrapped wrapped: ReferenceWritableKeyPath<Owner, Value>,
        storage storage: ReferenceWritableKeyPath<Owner, Published<Value>>
    ) -> Value {
        get { object[keyPath: storage].value }
        set { object[keyPath: storage].value = newValue }
    }
}
