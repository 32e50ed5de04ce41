package mediawikitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// SetServer tells the wiki the address people know it by ($wgServer), for instance a gateway's. Do it before the first page
// is asked for: pages and startup modules that are cached keep the older address for some minutes.
func (w *Wiki) SetServer(url string) {
	w.t.Helper()
	if err := w.setServer(url); err != nil {
		w.t.Fatal(err)
	}
}

func (w *Wiki) setServer(url string) error {
	name := filepath.Join(w.dir, "server.txt")
	if err := os.WriteFile(name+".new", []byte(url), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// AddUser registers an account, or gives an existing one this password and these further groups. It returns the user id.
func (w *Wiki) AddUser(name, password string, groups ...string) int64 {
	w.t.Helper()
	var id int64
	w.eval(&id, `
		[ $name, $password, $groups ] = $args;
		$services = MediaWiki\MediaWikiServices::getInstance();
		$user = $services->getUserFactory()->newFromName( $name, 'creatable' );
		if ( !$user ) throw new Exception( "\"$name\" cannot be a user name" );
		if ( !$user->isRegistered() ) {
			$user->addToDatabase();
			SiteStatsUpdate::factory( [ 'users' => 1 ] )->doUpdate();
		}
		$status = $user->changeAuthenticationData( [ 'username' => $user->getName(), 'password' => $password, 'retype' => $password ] );
		if ( !$status->isGood() ) throw new Exception( $status->getWikiText( false, false, 'en' ) );
		$services->getUserGroupManager()->addUserToMultipleGroups( $user, $groups ?? [] );
		return $user->getId();`, name, password, groups)
	return id
}

// Edit saves a page as somebody, without asking whether they may. It returns the new revision's id.
func (w *Wiki) Edit(user, title, text string) int64 {
	w.t.Helper()
	var rev int64
	w.eval(&rev, evalPage+`
		$content = ContentHandler::makeContent( $args[2], $title );
		$page = MediaWiki\MediaWikiServices::getInstance()->getWikiPageFactory()->newFromTitle( $title );
		$status = $page->doUserEditContent( $content, $user, 'test' );
		if ( !$status->isOK() ) throw new Exception( $status->getWikiText( false, false, 'en' ) );
		return $page->getLatest();`, user, title, text)
	return rev
}

// Move moves a page as somebody, without asking whether they may, leaving a redirect where MediaWiki does.
func (w *Wiki) Move(user, from, to string) {
	w.t.Helper()
	w.eval(nil, evalPage+`
		$to = Title::newFromTextThrow( $args[2] );
		$status = MediaWiki\MediaWikiServices::getInstance()->getMovePageFactory()->newMovePage( $title, $to )->move( $user, 'test' );
		if ( !$status->isOK() ) throw new Exception( $status->getWikiText( false, false, 'en' ) );`, user, from, to)
}

// Delete deletes a page as somebody, without asking whether they may.
func (w *Wiki) Delete(user, title string) {
	w.t.Helper()
	w.eval(nil, evalPage+`
		$services = MediaWiki\MediaWikiServices::getInstance();
		$page = $services->getWikiPageFactory()->newFromTitle( $title );
		$status = $services->getDeletePageFactory()->newDeletePage( $page, $user )->deleteUnsafe( 'test' );
		if ( !$status->isOK() ) throw new Exception( $status->getWikiText( false, false, 'en' ) );`, user, title)
}

// Undelete restores all revisions of a deleted page as somebody, without asking whether they may.
func (w *Wiki) Undelete(user, title string) {
	w.t.Helper()
	w.eval(nil, evalPage+`
		$services = MediaWiki\MediaWikiServices::getInstance();
		$page = $services->getWikiPageFactory()->newFromTitle( $title );
		$status = $services->getUndeletePageFactory()->newUndeletePage( $page, $user )->undeleteUnsafe( 'test' );
		if ( !$status->isOK() ) throw new Exception( $status->getWikiText( false, false, 'en' ) );`, user, title)
}

const evalPage = `
	$user = MediaWiki\MediaWikiServices::getInstance()->getUserFactory()->newFromName( $args[0] );
	$title = Title::newFromTextThrow( $args[1] );
`

// RenameUser renames an account as [Admin] does on Special:Renameuser with "move user pages" ticked: the user page and
// talk page and their subpages move as well, each leaving a redirect.
func (w *Wiki) RenameUser(old, name string) {
	w.t.Helper()
	w.eval(nil, `
		$services = MediaWiki\MediaWikiServices::getInstance();
		$admin = $services->getUserFactory()->newFromName( $args[2] );
		$old = Title::makeTitleSafe( NS_USER, $args[0] );
		$new = Title::makeTitleSafe( NS_USER, $args[1] );
		$id = $services->getUserFactory()->newFromName( $old->getText() )->getId();
		$rename = new MediaWiki\Extension\Renameuser\RenameuserSQL( $old->getText(), $new->getText(), $id, $admin, [ 'reason' => 'test' ] );
		if ( !$id || !$rename->rename() ) throw new Exception( 'MediaWiki refuses to rename ' . $old->getText() );
		foreach ( [ NS_USER, NS_USER_TALK ] as $ns ) {
			$root = Title::makeTitle( $ns, $old->getDBkey() );
			$pages = iterator_to_array( $root->getSubpages(), false );
			if ( $root->exists() ) $pages[] = $root;
			foreach ( $pages as $page ) {
				$to = Title::makeTitle( $ns, $new->getDBkey() . substr( $page->getDBkey(), strlen( $old->getDBkey() ) ) );
				$status = $services->getMovePageFactory()->newMovePage( $page, $to )->move( $admin, 'renamed' );
				if ( !$status->isOK() ) throw new Exception( $status->getWikiText( false, false, 'en' ) );
			}
		}`, old, name, Admin)
	// MediaWiki may remember the old name for a moment when pages are moved within the second of the renaming.
	w.eval(nil, `apcu_clear_cache();`)
}

// Eval runs PHP inside the wiki and returns, as JSON, what the code returns. Arguments arrive as $args[0], $args[1], …
func (w *Wiki) Eval(code string, args ...any) json.RawMessage {
	w.t.Helper()
	var value json.RawMessage
	w.eval(&value, code, args...)
	return value
}

func (w *Wiki) eval(into any, code string, args ...any) {
	w.t.Helper()
	answer, err := w.ask(code, args)
	if err == nil && into != nil {
		err = json.Unmarshal(answer, into)
	}
	if err != nil {
		w.t.Fatalf("inside mediawiki: %v", err)
	}
}

func (p *process) ask(code string, args []any) (json.RawMessage, error) {
	body, err := json.Marshal(map[string]any{"code": code, "args": args})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodPost, "http://"+p.addr+"/sallyport-eval", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Sallyport-Key", p.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Value         json.RawMessage
		Error, Output string
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return nil, fmt.Errorf("%s: %.1000s\n%s", resp.Status, text, p.logTail())
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s\n%s", answer.Error, answer.Output)
	}
	return answer.Value, nil
}
