import StepUp
import StepUpTesting

// The sandbox is the server; the phone plays what an app gives to the library.
let phone = TestPhone(sandbox: try Sandbox())
let client = try phone.client()

_ = try await client.auth.sendEmailOtp(email: "ada@example.com")
_ = try await client.auth.signInWithOtp(code: phone.sandbox.code(for: "ada@example.com"))

// Check: does the server want the user to prove who they are?
let check = try await client.stepUp.check(scope: TokenScope.walletExport)
if check.isRequired, let credential = check.credentials.first {
    // Verify: here with a code by e-mail.
    let sent = try await client.stepUp.sendOtp(credentialId: credential.id)
    _ = try await client.stepUp.verifyOtp(
        code: phone.sandbox.code(for: "ada@example.com"), scopes: [TokenScope.walletExport],
        verificationId: sent.id)
}

// Proceed: the sandbox plays the app's backend, too.
let headers = try await client.stepUp.authorizationHeaders(scope: TokenScope.walletExport)
let answer = try await phone.sandbox.control(
    "POST", "protected", #"{"scope":"wallet:export"}"#, headers: headers.map { ($0.name, $0.value) })
print("the backend answers \(answer.status)")
