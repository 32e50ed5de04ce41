// The one script of this origin: it asks the authenticator, and sends the form with its answer.
'use strict';
for ( const form of document.querySelectorAll( 'form[data-ceremony]' ) ) {
	form.addEventListener( 'submit', async ( event ) => {
		event.preventDefault();
		const trouble = document.querySelector( '[data-trouble]' );
		trouble.hidden = true;
		try {
			const options = JSON.parse( form.dataset.options );
			const made = form.dataset.ceremony === 'create' ?
				await navigator.credentials.create( { publicKey: PublicKeyCredential.parseCreationOptionsFromJSON( options ) } ) :
				await navigator.credentials.get( { publicKey: PublicKeyCredential.parseRequestOptionsFromJSON( options ) } );
			form.elements.answer.value = JSON.stringify( made.toJSON() );
		} catch ( error ) {
			trouble.textContent = trouble.dataset.trouble.replace( '$1', () => error.name );
			trouble.hidden = false;
			return;
		}
		form.submit();
	} );
}
