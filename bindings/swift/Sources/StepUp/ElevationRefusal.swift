import Foundation

/// Whether a backend refuses for want of an elevated token, in the form in which the API says so: 403, and a
/// code or text in `error`, `message` or `code`. Any other 403 is the app's affair.
func wantsElevation(status: Int, body: Data) -> Bool {
    guard status == 403, let answer = try? JSONSerialization.jsonObject(with: body) as? [String: Any] else {
        return false
    }
    let error = answer["error"] as? [String: Any]
    let texts = [answer["code"], answer["message"], answer["error"], error?["code"], error?["message"]]
    return texts.compactMap { ($0 as? String)?.lowercased() }.contains {
        $0.contains("elevated_access_token") || $0.contains("elevated access token")
    }
}
